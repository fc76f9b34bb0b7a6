"""The projector: facts from Kafka folded into MongoDB read models with exactly-once effect (decision 0003)."""
