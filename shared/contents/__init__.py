"""Contents: what may have to be secret or erased, encrypted outside the facts (decision 0004)."""
