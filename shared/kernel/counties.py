"""The Swedish counties (län), by the code that begins every municipality code."""

from typing import Final

COUNTIES: Final = frozenset(f"{code:02d}" for code in (1, *range(3, 11), 12, 13, 14, *range(17, 26)))
"""The 21 län. The gaps are counties that were merged."""
