"""What every page's template keeps to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    template for folder in ("services", "shared") for template in (ROOT / folder).rglob("templates/**/*.html")
)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 50


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: str(template.relative_to(ROOT)))
def test_no_page_leads_to_the_api_where_a_session_does_not_count(template: Path) -> None:
    assert re.findall(r"""(?:href|action)=["'][^"']*/v1/""", template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: str(template.relative_to(ROOT)))
def test_no_page_has_script_or_style_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    if "letters" not in template.parts:
        assert re.findall(r"<style|<script(?! src=\"/)|\sstyle=|\son[a-z]+=", text) == []
