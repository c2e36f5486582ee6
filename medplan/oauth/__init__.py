"""How other systems sign in: OAuth 2.0 client credentials as in SMART Backend Services.

Knows nothing of plans; `services.clients.sign_in` decides.
"""
