"""Undo: an act taken back as a new one, out of the event log and the rows it does not tell of."""
