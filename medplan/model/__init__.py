"""Requests and plans as frozen values; nothing else happens here."""
