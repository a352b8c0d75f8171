"""Contracts: how they are made, written, signed and kept."""
