"""FHIR R4: the same plan for machines that speak it, out and in.

`out/` turns plans into resources, `back/` turns those into the same plan again, and `asked/` turns
other people's prescriptions into a request; all three are pure. `routes/` are thin. Nothing here
knows what is safe.
"""
