"""A finished plan as RFC 5545 bytes. Pure: no clock, no database, no web; knows no medicine."""
