"""Costs: from the ledger to the payment request, its verification and the payout (C1–C9)."""
