"""The configuration as a page and as JSON."""

import json

import pytest

from gradcheck.cli.config.config_page import as_json, as_page
from gradcheck.reports.terminal.console import plain


@pytest.fixture
def page(resolved):
    config = resolved()
    return plain(*as_page(config, config.settings)), json.loads(as_json(config, config.settings))


def test_without_a_file(page):
    text, data = page
    assert text.startswith("No file was found; no profile.")
    assert (data["files"], data["profile"], data["ops"]) == ([], None, [])


def test_values_and_tables_have_their_origins(write, resolved):
    write(
        "gradcheck.toml",
        """
        extends = "ci"
        keyword = "\\u001b[31m"
        [op."my_*"]
        rtol = 1e-3
        reason = "why"
        [op.my_op]
        skip = "broken"
        """,
    )
    config = resolved()
    text = plain(*as_page(config, config.settings))
    assert text.startswith("Read gradcheck.toml; profile ci.")
    assert "\x1b" not in text
    rows = [line.split() for line in text.splitlines()]
    assert ["strict", "true", "profile", "ci"] in rows
    assert ["my_op", "skip", "=", '"broken"', "gradcheck.toml:op.my_op"] in rows
    data = json.loads(as_json(config, config.settings))
    assert [table["pattern"] for table in data["ops"]] == ["my_op", "my_*"]
    assert data["ops"][1] == {
        "pattern": "my_*",
        "origin": 'gradcheck.toml:op."my_*"',
        "rtol": 1e-3,
        "reason": "why",
    }
    assert data["settings"]["strict"] == {"value": True, "level": "profile", "origin": "profile ci"}
