"""PostgreSQL and Valkey for development: one keeper process owns them."""
