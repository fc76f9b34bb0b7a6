"""The four services. They know each other through shared/contracts only."""
