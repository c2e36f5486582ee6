"""Rows and how they are found: SQLAlchemy, and nothing about medicines.

Functions here take an open session and never commit: a service decides what belongs together.
"""
