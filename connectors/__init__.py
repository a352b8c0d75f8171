"""Vendors, translated to plain dataclasses."""
