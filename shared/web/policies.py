"""What a browser may do with an answer (Content-Security-Policy): nothing, or what a page of ours needs."""

from typing import Final

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED_PAGE_POLICY: Final = f"{PAGE_POLICY}; script-src 'self'; connect-src 'self'"
"""A page that sends a file: our own script files, and what they send goes to this site only."""
