"""Bringing rows of a file in: reading, mapping, checking and writing them."""
