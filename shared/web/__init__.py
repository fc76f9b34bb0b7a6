"""The web base: one application factory, one rendering of every refusal, the types that endpoints ask for."""
