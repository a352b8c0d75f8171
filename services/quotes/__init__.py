"""Quotes: written, priced, approved, sent, and answered by their customers."""
