"""The pure kernel: identifiers, money, time, refusals and decisions, without any input or output."""
