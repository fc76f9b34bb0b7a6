"""The reporting service: costs, verification and payouts, and the follow-up of programme and projects."""
