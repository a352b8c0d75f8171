"""Workflows: what they are, what they set off, and what they do."""
