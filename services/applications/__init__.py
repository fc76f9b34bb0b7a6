"""Calls and applications: from the published call to the accepted grant."""
