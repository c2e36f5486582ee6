"""Small checks, each from a planned set of courses to findings.

`everything.py` lists them; each module holds one kind of question.
"""
