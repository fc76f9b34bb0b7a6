"""The events service: what the projects hold for their companies."""
