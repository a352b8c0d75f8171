"""How fields are answered."""
