"""Telling others what happened: the log of events, tasks for the worker, webhooks."""
