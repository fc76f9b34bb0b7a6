"""Activities at the border: bodies and answers, and the attendance file."""
