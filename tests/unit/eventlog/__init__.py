"""The event log without servers."""

import pytest

pytest.register_assert_rewrite("tests.unit.eventlog.log_behaviour")
