"""The table of formats names renderers that exist, and each of them reports a run."""

import importlib
import importlib.util

import pytest

from gradcheck.reports.exports import FORMATS
from tests.root import ROOT


@pytest.mark.parametrize(
    "form",
    [f for f in FORMATS.values() if importlib.util.find_spec(f.renderer.partition(":")[0])],
    ids=lambda form: form.name,
)
def test_a_renderer_returns_the_whole_report(form, sample):
    text = form.render(sample())
    assert isinstance(text, str)
    assert text.endswith("\n")
    for op in ("exp", "matmul"):
        assert op in text or (form.name == "sarif" and op == "exp")


def test_the_documentation_names_every_format_and_file():
    page = (ROOT / "docs" / "reports.md").read_text()
    for form in FORMATS.values():
        assert f"`{form.name}`" in page
        assert f"`{form.file}`" in page


def test_names_and_files_are_different_for_each():
    assert all(form.name == name for name, form in FORMATS.items())
    assert len({form.file for form in FORMATS.values()}) == len(FORMATS)
    assert all(form.description for form in FORMATS.values())


def test_the_table_imports_no_renderer():
    import subprocess
    import sys

    script = (
        "import sys, gradcheck.reports.exports\n"
        "late = ('rich', 'numpy', 'gradcheck.reports.formats.junit')\n"
        "print([m for m in late if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
