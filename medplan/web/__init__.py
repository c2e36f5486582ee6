"""Pages for people: HTML that works without scripts, with everything served by us.

Thin routes and what their pages say; nothing here knows a medicine.
"""
