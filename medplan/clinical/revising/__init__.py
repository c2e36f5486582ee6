"""Acts on an issued plan: what lies before the effective day stays, the rest is planned anew.

`revise.py` reads as the table of contents.
"""
