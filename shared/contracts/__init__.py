"""The contracts: every published fact, which is all that the services know of each other."""
