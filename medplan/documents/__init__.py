"""JSON text in, frozen values out, and back: where requests and plans are read and written.

This room knows shapes and ranges. Whether a regimen exists or a dose is safe is for `clinical`.
"""
