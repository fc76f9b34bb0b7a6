"""How Lotsen runs: the `lotsen` command, real parts on one machine, and the generated documents."""
