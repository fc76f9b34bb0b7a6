"""Becomes the command it is given, tied to the life of its parent: `guard.py PARENT_PID COMMAND…`.

A launcher of its own rather than `preexec_fn`: code between fork and exec may deadlock when the parent has
threads. The tie holds for the command itself; what that starts in turn has to be tied by it. It is a tie to the
parent's *thread*: a supervisor belongs in a thread that lives as long as its children.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_NOT_STARTED = 127


def main(argv: list[str]) -> None:
    """Replace this process by `argv[2:]`, which the kernel kills when process `argv[1]` is gone."""
    parent = int(argv[1])
    if sys.platform == "linux":
        # SIGKILL and not SIGTERM: a frozen or hung child ends as well, and the data of every part survives it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before the tie was made
        sys.exit(_NOT_STARTED)
    try:
        os.execvp(argv[2], argv[2:])  # noqa: S606 - becoming the command is what this file is for
    except OSError as error:
        sys.stderr.write(f"{argv[2]}: {error.strerror}\n")
        sys.exit(_NOT_STARTED)


if __name__ == "__main__":
    main(sys.argv)
