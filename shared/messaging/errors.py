"""What can go wrong between us and the broker, in the words that relay and projector decide on."""

from collections.abc import Mapping


class BrokerUnavailable(Exception):  # noqa: N818 - named for what happened, as all errors of the house
    """The broker did not do what was asked in time. Nothing is wrong with the data: back off and try again."""


class TopicMisshapen(BrokerUnavailable):
    """A topic is missing or has another number of partitions than agreed: somebody must mend it, we keep trying."""


class OffsetsOutOfRange(Exception):  # noqa: N818 - the same
    """The broker no longer has (or never had) these offsets: the log was cut, recreated or belongs to another cluster.

    `offsets` is `{(topic, partition): offset asked for}`.
    """

    def __init__(self, offsets: Mapping[tuple[str, int], int]) -> None:
        super().__init__(f"offsets out of range: {dict(offsets)}")
        self.offsets = dict(offsets)


class BadHeaders(ValueError):  # noqa: N818 - the same
    """A record that does not say in its headers what it is. `reason` is short, English and without content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
