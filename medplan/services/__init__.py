"""What medplan does for somebody, one file per noun.

A service decides whether the caller may, owns the transaction, and writes the audit line in it. It
is told who asks and when (`Caller`) and knows neither HTTP nor the wall clock.
"""
