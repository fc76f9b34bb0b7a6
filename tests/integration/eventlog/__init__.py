"""The event log on a real MongoDB."""
