"""Activities (aktiviteter): planned, held or cancelled, with attendance in minutes per person (E1–E3)."""
