"""What the engine relies on at its ports, as suites that the real adapters and the simulation's fakes both pass."""
