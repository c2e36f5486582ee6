"""From our own resources back to the plan that they were made from.

Doses, days and amounts are taken from FHIR's own elements; our extensions add what R4 has no
element for. Whatever is missing or of the wrong kind is told with its place.
"""
