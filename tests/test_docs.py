"""What can be set is written down."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTING = re.compile(r"\b(?:AGENTSCOPE_[A-Z_]*[A-Z]|DATABASE_URL|BROKER_URL)\b")
NOT_SETTINGS = {"AGENTSCOPE_IDLE_AFTER"}  # a duration made of AGENTSCOPE_IDLE_SECONDS
SETTINGS = {
    name.removesuffix("_FILE")
    for pattern in ("agentscope/**/*.py", "ingest/**/*.py", "ui/**/*.py", "docker-compose.yml")
    for path in ROOT.glob(pattern)
    for name in SETTING.findall(path.read_text())
} - NOT_SETTINGS


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs/settings.md").read_text()


def test_no_documented_setting_is_gone():
    documented = re.findall(
        r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    assert set(documented) - SETTINGS == set()
