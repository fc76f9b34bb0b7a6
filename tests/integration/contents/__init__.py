"""Contents on a real MongoDB."""
