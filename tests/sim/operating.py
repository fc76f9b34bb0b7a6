"""What an operator does after a broker has lost records that it had acknowledged: reconcile, and republish.

Who reads knows by an offset how far, and who writes knows by an offset what was acknowledged. A topic that was cut or
made again, and filled beyond that offset before anybody looked, looks whole to both. Beside the log it does not.
"""

from shared.messaging import decode
from shared.projector.changes import Partition
from tests.sim.broker import PARTITIONS, Broker
from tests.sim.checks import heads_of
from tests.sim.log_server import LogServer
from tests.sim.poison import PREFIX
from tests.sim.world import World


def republish(world: World) -> int:
    """Ask the relays for what the log has and the read model or the topic lacks; return how many streams that were."""
    heads = heads_of(world.read)
    asked = 0
    for service, server in world.logs.items():
        whole = _whole_on_topic(world.broker, service)
        for stream, version in sorted(_versions(server).items()):
            reached = min(heads.get(stream, 0), whole.get(stream, 0))
            if version > reached:
                server.ask_again(stream, reached + 1)
                asked += 1
    if asked:
        world.note(f"{asked} streams are to be sent again")
    return asked


def replay(world: World) -> int:
    """Ask for everything that is parked and no poison to be folded again; return how many streams that were."""
    parked = {row["stream"] for row in world.read.parked.values() if not row.get("stream", PREFIX).startswith(PREFIX)}
    for stream in sorted(parked):
        world.read.ask_for_replay(stream)
    if parked:
        world.note(f"{len(parked)} parked streams are to be folded again")
    return len(parked)


def _versions(server: LogServer) -> dict[str, int]:
    return {commit["stream"]: commit["last"] for commit in server.oplog}


def _whole_on_topic(broker: Broker, service: str) -> dict[str, int]:
    """Return up to which position nothing of each stream is missing on the topic."""
    there: dict[str, set[int]] = {}
    for number in range(PARTITIONS):
        for record in broker.records(Partition(service, number)):
            envelope = decode(record.headers, record.key)
            there.setdefault(envelope.stream, set()).add(envelope.sequence)
    return {
        stream: next(position for position in range(len(found) + 1) if position + 1 not in found)
        for stream, found in there.items()
    }
