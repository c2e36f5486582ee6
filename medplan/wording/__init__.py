"""Plan -> sentences for people. Pure: knows no file format, no page and no clock."""
