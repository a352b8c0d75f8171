"""Arithmetic and predicates: no session, no clock, no I/O."""
