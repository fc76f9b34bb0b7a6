"""Contents without servers."""

import pytest

pytest.register_assert_rewrite("tests.unit.contents.contents_behaviour")
