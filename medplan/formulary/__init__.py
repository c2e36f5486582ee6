"""The numbers: medicines, products, limits, regimens, rules and words, each with its source.

This room knows medicines, not patients. It never imports Flask or SQLAlchemy.
"""
