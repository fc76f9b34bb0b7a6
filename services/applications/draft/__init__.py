"""Drafts: what people of one organisation write together until it is submitted (A15). They are in no log."""
