"""Costs at the border: bodies in `sent`, answers in `answers`."""
