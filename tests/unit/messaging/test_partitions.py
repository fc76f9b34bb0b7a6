"""Our murmur2 against the client library's own, which other clients agree with."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import example, given
from hypothesis import strategies as st

from shared.messaging import PARTITIONS, partition_of

ALL = list(range(PARTITIONS))


@given(st.text())
@example("")
@example("a")
@example("ab")
@example("abc")
@example("åäö")
@example("0198f0a2-7b1c-7def-8abc-0123456789ab")
def test_a_key_belongs_where_the_default_partitioner_puts_it(key: str) -> None:
    assert partition_of(key) == DefaultPartitioner()(key.encode(), ALL, ALL)


def test_keys_spread_over_all_partitions() -> None:
    assert {partition_of(f"project-{number}") for number in range(500)} == set(ALL)


def test_another_number_of_partitions_is_respected() -> None:
    assert {partition_of(f"project-{number}", 3) for number in range(100)} == {0, 1, 2}
