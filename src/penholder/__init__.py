"""Penholder."""
