"""The names of files: kept as people wrote them when they are harmless, else refused; never mended silently."""

import unicodedata
from typing import Final

from services.applications.attachment.domain.refusals import FileNameNotAllowed

NAME_CHARACTERS_MAX: Final = 200

_NOT_IN_NAMES: Final = frozenset('/\\:*?"<>|')
"""What separates paths, or cannot be in a name on some reader's machine."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Control characters, marks of direction and of nothing, private and unassigned ones: none is seen where it stands."""


def checked_name(given: str) -> str:
    """Return the name in composed form. Raises FileNameNotAllowed."""
    name = unicodedata.normalize("NFC", given)
    stem, dot, extension = name.rpartition(".")
    sound = (
        0 < len(name) <= NAME_CHARACTERS_MAX
        and name == name.strip()
        and bool(stem.strip(". ") and dot and extension)
        and not name.startswith(".")
        and not any(sign in _NOT_IN_NAMES or unicodedata.category(sign) in _HIDDEN for sign in name)
    )
    if not sound:
        raise FileNameNotAllowed
    return name


def extension_of(name: str) -> str:
    """Return what follows the last dot, in lower case."""
    return name.rpartition(".")[2].lower()
