"""The core: from a request and a formulary to a dated plan. Pure; no clock, no database.

The files are what others call: `make_plan.py` reads as this room's table of contents, `revise` in
`revising/` does an act, `compare.py` and `changes.py` hold plans against each other. The folders
are one part of the work each, by its own word.
"""
