"""What the API looks like."""
