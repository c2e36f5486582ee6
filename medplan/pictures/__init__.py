"""A plan as pictures: SVG without script, style sheet or outside font, and the same as a table.

The same picture stands on a page and on paper, in black and white too: shape and words tell what
is what, never colour. Nothing here reads a clock, a file or a request. What a picture shows must
be readable without it, so each has a table of the same.
"""
