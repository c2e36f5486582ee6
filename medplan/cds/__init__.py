"""CDS Hooks 2.0: an EHR asks about draft orders and is shown cards. Knows no medicine."""
