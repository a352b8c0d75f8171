"""What can be done: one plain function an act."""
