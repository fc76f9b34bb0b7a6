"""The relay: publishes what a service has recorded, in order per stream, and never skips (decision 0002)."""
