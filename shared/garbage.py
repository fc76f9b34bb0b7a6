"""How often a process looks for garbage cycles; the default spends a fifth of a busy process's time on finding none."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 500_000


def collect_rarely(new_objects: int = _NEW_OBJECTS) -> None:
    """Look for cycles once per `new_objects` that stay, instead of per 700; what exists now is never looked at again.

    Requests and facts are freed by their counts; cycles come from exceptions and closed connections, and are few.
    Call it when everything is loaded. Holds for the whole process.
    """
    gc.freeze()
    gc.set_threshold(new_objects, 20, 100)
