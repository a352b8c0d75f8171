"""Compiled reads: an operation becomes a plan once, and the plan answers it from then on."""
