"""The processes of a benchmark: relay, projector, and the usual way of projecting, each run as `python -m` with a name."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final

import typer
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.processes import stopped_by_signal
from shared.kernel.ids import new_id
from shared.logs import configure_logs
from shared.messaging import PARTITIONS
from shared.mongo import connect
from shared.projector.run import run_projector
from shared.relay.run import RelaySettings, run_relay
from tests.bench.facts import PROJECTION, SERVICE, VIEW, WorkReported, as_update
from tests.bench.generating import generate
from tests.bench.settings import BenchSettings
from tests.bench.watching import watch
