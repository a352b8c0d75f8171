"""Migrations: SQL as it was written for each release, run by Alembic."""
