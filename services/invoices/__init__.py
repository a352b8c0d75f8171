"""Invoices: how they are made, written, sent, paid and credited."""
