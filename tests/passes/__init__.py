"""Passes, from the application to the last day."""
