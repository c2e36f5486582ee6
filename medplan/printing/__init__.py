"""A plan on paper: PDF that a screen reader can read, for the patient and for the record.

What a sheet says is put together as blocks of text, tables and pictures; one typesetting file sets
them. All text reaches it as data, never as markup. Knows no route and no database.
"""
