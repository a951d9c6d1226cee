"""The benchmark runs end to end and writes what it measured; how quick it is, is not tested."""

import json
import subprocess
import sys

import pytest

from tests.root import ROOT

ROWS = {
    "startup": 3,
    "point": 4,
    "entries": 2,
    "large": 14,
    "extras": 1,
    "detection": 3,
    "reports": 10,
}


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "--smoke", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1200,  # of a busy machine
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmarks") / "rows.json"
    items = [f"--only={item}" for item in ROWS if item != "startup"]
    finished = benchmark(*items, f"--json={path}")
    assert finished.returncode == 0, finished.stderr
    return finished.stdout, json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("item", [item for item in ROWS if item != "startup"])
def test_every_item_gives_its_rows(measured, item):
    rows = [row for row in measured[1]["rows"] if row["item"] == item]
    assert len(rows) == ROWS[item]
    for row in rows:
        assert row["measure"]
        if row["skipped"]:
            assert "gradcheck[" in row["skipped"] or "apt-get" in row["skipped"]
            assert row["ratio"] is None
        else:
            assert row["ratio"] >= 0
        if row["target"] is None:
            assert row["holds"] is None
        else:
            assert row["target"]["relation"] in {"≤", "≥"}


@pytest.mark.slow
def test_each_speed_has_a_target(measured):
    speeds = [row for row in measured[1]["rows"] if row["item"] != "detection"]
    assert [row["target"] is None for row in speeds].count(True) == 1  # the whole layer_norm


@pytest.mark.slow
def test_right_ops_raise_no_alarm_and_a_large_mistake_is_found(measured):
    rows = [row for row in measured[1]["rows"] if row["item"] == "detection"]
    alarms, large, _small = rows
    assert alarms["ratio"] == 0, alarms["detail"]
    assert large["ratio"] == 1, large["detail"]
    assert set(alarms["peers"]) == {"torch slow mode", "torch fast mode"}


@pytest.mark.slow
def test_the_table_has_each_target_beside_its_ratio(measured):
    text, data = measured
    for word in ("measure", "ratio", "target", "holds", "layer_norm"):
        assert word in text
    for row in data["rows"]:
        if row["target"]:
            assert f"{row['target']['relation']} {row['target']['bound']:g}" in text


def test_only_takes_known_items():
    finished = benchmark("--only=nothing")
    assert finished.returncode == 2
    assert "detection" in finished.stderr


@pytest.mark.slow
def test_workers_are_measured(tmp_path):
    path = tmp_path / "rows.json"
    finished = benchmark("--only=workers", f"--json={path}")
    assert finished.returncode == 0, finished.stderr
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert [row["target"]["bound"] for row in rows] == [1.7, 1.5, 20, 1.3]
