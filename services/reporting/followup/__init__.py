"""Follow-up: read models over all four topics, and the pages that people look at."""
