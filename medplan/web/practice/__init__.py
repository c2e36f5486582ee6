"""Pages of a practice: the work list, plans being written, plans in force.

A form's fields are named by the JSON Pointers of the request that it stands for, so that every
fault of a request finds its field by itself.
"""
