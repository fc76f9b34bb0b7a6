"""The event log: one decision, one document; state, outbox and audit trail in one insert (decision 0001)."""
