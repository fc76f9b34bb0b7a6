"""Identity: verified bearer tokens, who they speak for, and permissions as types of endpoint parameters."""
