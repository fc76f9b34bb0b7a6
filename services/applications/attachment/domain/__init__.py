"""The rules of attachments: how they are named, which types there are, and what none of them may contain (A24)."""
