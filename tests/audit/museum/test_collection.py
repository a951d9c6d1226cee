"""The collection: every exhibit tells its story, and nothing is loaded unless it is asked for."""

import re
import subprocess
import sys

import pytest

from gradcheck.audit.museum import exhibit, exhibits
from gradcheck.errors import SelectionError
from tests.exhibited import EXHIBITS, IDS, SAID


def test_every_row_has_its_exhibit():
    assert list(EXHIBITS) == IDS == list(SAID)
    assert len({e.op for e in exhibits()}) == len(IDS)


@pytest.mark.parametrize("shown", exhibits(), ids=lambda e: e.id)
def test_an_exhibit_tells_its_story_and_plants_no_trigger(shown):
    assert shown.said.endswith(".")
    assert shown.exposed_by
    assert shown.right.summary
    assert shown.wrong.cases is None
    assert bool(shown.cited) == shown.id.startswith("R")
    for cited in shown.cited:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", cited)


def loaded_ops(tmp_path, module):
    """Load a module of ops in a new process; return what it defines and what it imports."""
    path = tmp_path / "visitor.py"
    path.write_text(module)
    script = (
        "import sys; from gradcheck.spec.registry import Registry; registry = Registry();"
        f"registry.load({str(path)!r}); registry.load_builtin(); import gradcheck.run.engine;"
        "print([spec.name for spec in registry][0], 'gradcheck.audit.museum' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    return done.stdout.split() or done.stderr


DOUBLE = """
import gradcheck as gc
double = gc.op("(...)->(...)", name="double")(lambda x: 2 * x).vjp(lambda g: 2 * g)
"""
VISIT = """
from gradcheck.audit.museum import exhibits
assert exhibits()
"""


def test_ops_are_loaded_and_run_without_the_museum(tmp_path):
    assert loaded_ops(tmp_path, DOUBLE) == ["double", "False"]


def test_a_module_that_visits_the_museum_takes_nothing_with_it(tmp_path):
    assert loaded_ops(tmp_path, VISIT + DOUBLE) == ["double", "True"]


def test_an_exhibit_is_found_in_either_case():
    assert exhibit("r01") is exhibit("R01")
    assert exhibit("R01").id == "R01"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("R02", "Did you mean 'R01'?"),
        ("t1", "Did you mean 'T01'?"),
        ("R999", "Did you mean 'R107'?"),
        ("X01", "Did you mean '"),
        ("prod", "'prod' is R01."),
    ],
)
def test_an_unknown_id_names_the_nearest(asked, answer):
    with pytest.raises(SelectionError) as caught:
        exhibit(asked)
    message = str(caught.value)
    assert message.startswith(f"There is no exhibit '{asked}'. ")
    assert answer in message
    assert message.endswith(f"'gradcheck museum' lists all {len(exhibits())}.")
