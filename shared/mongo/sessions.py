"""Connections without sessions: what the driver noted of a server at the wrong moment, and keeps for their whole life.

The driver asks a server once for each connection whether it knows sessions. One that is just stepping down or up, or
that is not part of a set yet, is neither primary nor secondary, and the driver takes that for no. Every command with a
session of ours is then refused on that connection, before it is sent, for as long as the connection lives.
"""

from typing import Any

from pymongo.errors import ConfigurationError, PyMongoError

_SAID = "Sessions are not supported"


def lacks_sessions(error: BaseException) -> bool:
    """Tell whether the driver refused a command because its connection knows no sessions: nothing was sent."""
    return isinstance(error, ConfigurationError) and str(error).startswith(_SAID)


def forget_sessionless(client: Any, error: PyMongoError) -> bool:  # noqa: ANN401 - motor gives its inner client no type
    """Tell the same, and if so, see to it that no connection opened before now is used again.

    `client` is the one inside motor's (`client.delegate`). The driver has no public way to let go of connections;
    `reset_without_pause` is its own. Commands that are under way end on theirs.
    """
    if not lacks_sessions(error):
        return False
    for server in list(client._topology._servers.values()):  # noqa: SLF001 - see above
        server.pool.reset_without_pause()
    return True
