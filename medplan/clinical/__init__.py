"""The core: from a request and a formulary to a dated plan. Pure; no clock, no database.

`make_plan.py` reads as this folder's table of contents.
"""
