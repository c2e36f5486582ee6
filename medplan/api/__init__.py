"""The REST API: thin routes, one pure mapping file, and what `/openapi.json` says.

No route knows anything about medicines; what it answers is written by `documents` and `mapping`.
"""
