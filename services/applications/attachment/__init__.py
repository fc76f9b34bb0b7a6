"""Attachments: files that applicants send, examined before they belong to anything, and kept encrypted (A24)."""
