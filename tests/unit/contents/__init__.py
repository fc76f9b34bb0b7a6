"""Contents without servers."""

import pytest

for suite in ("contents", "drafts", "files"):
    pytest.register_assert_rewrite(f"tests.unit.contents.{suite}_behaviour")
