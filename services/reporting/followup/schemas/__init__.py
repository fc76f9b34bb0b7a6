"""Follow-up at the border: the same answers feed JSON, CSV and the pages."""
