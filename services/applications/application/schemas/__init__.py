"""Applications at the border: bodies in, answers out."""
