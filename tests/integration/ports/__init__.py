"""The engine's ports on a real Kafka and a real MongoDB, by the suites that the simulation's fakes pass too."""
