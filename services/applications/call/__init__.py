"""Utlysning: a call is data, validated whole and published once."""
