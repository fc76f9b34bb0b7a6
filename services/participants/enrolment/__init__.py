"""Enrolments (anslutningar): a company takes part in a granted project, through representatives (P2, P3, P6, P7)."""
