"""The FHIR server's addresses under `/fhir/R4`: thin routes around the mapping.

What they offer is told by the CapabilityStatement, not by the API's own description. Every
refusal is an OperationOutcome.
"""
