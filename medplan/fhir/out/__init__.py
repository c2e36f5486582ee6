"""From a plan to FHIR resources: pure mapping, each module one kind of resource.

The same plan gives the same bytes. What R4 has no element for stands in extensions of ours, which
`docs/reference/fhir.md` lists.
"""
