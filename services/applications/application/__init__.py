"""Ansökan: checked, submitted, signed, assessed, decided and accepted."""
