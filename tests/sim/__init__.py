"""The engine's own log, relay and projector under a virtual clock and a seeded scheduler (decision 0013)."""
