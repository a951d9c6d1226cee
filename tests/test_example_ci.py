"""`examples/ci/`, run as a server for continuous integration would, read by what reads it there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import jsonschema
import pytest
import yaml
from junitparser import Error, Failure, JUnitXml

from gradcheck.run.history.saved_run import RunDocument, schema
from gradcheck.run.history.stored_failure import StoredFailure
from tests.root import ROOT

EXAMPLE = ROOT / "examples" / "ci"
if not EXAMPLE.is_dir():
    pytest.skip("not a source checkout", allow_module_level=True)
pytestmark = pytest.mark.slow
SARIF = json.loads((ROOT / "tests" / "data" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
MODULE = "layers/normalization.py"
REPORTS = ("junit", "json", "html", "sarif", "markdown")


def call(arguments, folder, **more):
    """Run gradcheck in a fresh process; a GitHub runner and Git are around, our own CI is not."""
    ours = ("GRADCHECK_", "GITHUB_", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "gradcheck", *arguments],
        cwd=folder,
        env={**env, "CI": "true", **more},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The example in a folder of its own, and one run of it with every report."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(
        EXAMPLE,
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".gradcheck", "__pycache__"),
    )
    reports = [part for name in REPORTS for part in ("--report", name)]
    done = call(
        ["run", "--profile", "ci", "--database", "--format", "github", *reports],
        folder,
        GITHUB_ACTIONS="true",
        GITHUB_WORKSPACE=str(folder),
        GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
    )
    return folder, done


@pytest.fixture(scope="module")
def folder(ran):
    return ran[0]


@pytest.fixture(scope="module")
def done(ran):
    return ran[1]


def line_of_the_vjp(folder):
    lines = (folder / MODULE).read_text(encoding="utf-8").splitlines()
    return lines.index("@rms_norm.vjp") + 1


def test_the_wrong_gradient_fails_the_run(done):
    assert done.returncode == 1, done.stderr
    assert "2 passed, 1 failed" in done.stdout
    assert "200 cases each" in done.stdout


def test_junit_is_read_by_a_consumer(folder):
    (suite,) = JUnitXml.fromfile(str(folder / "gradcheck-junit.xml"))
    assert (suite.tests, suite.failures, suite.errors) == (3, 1, 0)
    results = {case.name: case.result for case in suite}
    assert set(results) == {"swish", "leaky_relu", "rms_norm"}
    (failure,) = results.pop("rms_norm")
    assert isinstance(failure, Failure)
    assert "∂L/∂x is wrong" in failure.text
    assert not any(isinstance(each, Failure | Error) for all_ in results.values() for each in all_)


def test_json_obeys_its_schema_and_is_read_again(folder):
    text = (folder / "gradcheck.json").read_text(encoding="utf-8")
    jsonschema.validate(json.loads(text), schema(), cls=jsonschema.Draft202012Validator)
    document = RunDocument.load(folder / "gradcheck.json")
    assert document.text() == text
    assert [str(result.verdict) for result in document.results] == ["PASS", "PASS", "FAIL"]


def test_sarif_obeys_its_schema(folder):
    log = json.loads((folder / "gradcheck.sarif").read_text(encoding="utf-8"))
    jsonschema.validate(log, SARIF)
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == MODULE
    assert place["region"]["startLine"] == line_of_the_vjp(folder)


class Reader(HTMLParser):
    """Notes elements that are open, and what would be fetched from elsewhere."""

    VOID = frozenset({"meta", "input", "br", "hr", "img", "link", "col"})

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        self.fetched += [v for k, v in attributes if k in ("src", "href") and not v.startswith("#")]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_html_is_well_formed_and_fetches_nothing(folder):
    reader = Reader()
    reader.feed((folder / "gradcheck.html").read_text(encoding="utf-8"))
    reader.close()
    assert reader.open == []
    assert [each for each in reader.fetched if not each.startswith("data:")] == []
    text = "".join(reader.text)
    for part in ("rms_norm", "swish", "∂L/∂x is wrong"):
        assert part in text


def test_the_summary_has_every_op_and_what_is_wrong(folder):
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert summary == (folder / "gradcheck.md").read_text(encoding="utf-8")
    for part in ("rms_norm", "swish", "leaky_relu", "∂L/∂x is wrong"):
        assert part in summary


def test_the_annotation_is_at_the_line_of_the_vjp(folder, done):
    (annotation,) = re.findall(r"^::(?:error|warning|notice) .*$", done.stdout, re.MULTILINE)
    said = re.match(
        r"::error file=([^,]+),line=(\d+),title=FAIL rms_norm::∂L/∂x is wrong", annotation
    )
    assert said
    assert said[1] == MODULE
    assert int(said[2]) == line_of_the_vjp(folder)


def test_the_printed_command_fails_again_bit_for_bit(folder, done):
    (command,) = re.findall(r"^ +reproduce +(gradcheck .*)$", done.stdout, re.MULTILINE)
    again = call(
        [*shlex.split(command)[1:], "--no-database", "--report", "json=again.json"], folder
    )
    assert again.returncode == 1, again.stderr
    assert "FAIL rms_norm" in again.stdout
    before = RunDocument.load(folder / "gradcheck.json").results[-1]
    (after,) = RunDocument.load(folder / "again.json").results
    for name in ("inputs", "cotangents"):
        pairs = zip(values(before, name), values(after, name), strict=True)
        assert all(a.tobytes() == b.tobytes() and a.dtype == b.dtype for a, b in pairs)


def values(result, name):
    found = getattr(result.failure.case, name)
    return list(found.values()) if isinstance(found, dict) else list(found)


def test_the_stored_failure_is_fixed_once_the_op_is_mended(folder, done, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (stored,) = (tmp_path / ".gradcheck" / "failures").glob("*.json")
    assert StoredFailure.load(stored).op == "rms_norm"
    (replay,) = re.findall(r"^ +this case +(gradcheck .*)$", done.stdout, re.MULTILINE)
    arguments = shlex.split(replay)[1:]
    before = call(arguments, tmp_path)
    assert (before.returncode, "STILL FAILING" in before.stdout) == (1, True)
    module = tmp_path / MODULE
    wrong = module.read_text(encoding="utf-8")
    start = wrong.index("@rms_norm.vjp")
    end = wrong.index("\n\n\n", start) + 1
    (mended,) = re.findall(
        r"```python\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    module.write_text(wrong[:start] + mended + wrong[end:], encoding="utf-8")
    after = call(arguments, tmp_path)
    assert (after.returncode, "FIXED" in after.stdout) == (0, True), after.stdout
    assert call(["run", "--profile", "ci"], tmp_path).returncode == 0


def test_the_panel_in_its_readme_is_the_one_that_is_printed(folder, done):
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (panel,) = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    assert panel.rstrip() in printed
    assert f"line {line_of_the_vjp(folder)} of `{MODULE}`" in readme


def test_its_workflow_takes_along_what_its_command_writes(folder):
    text = (EXAMPLE / ".github/workflows/gradcheck.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    (command,) = (s["run"] for s in job["steps"] if "gradcheck run" in s.get("run", ""))
    (upload,) = (s["with"] for s in job["steps"] if "upload-artifact" in s.get("uses", ""))
    *reports, failures = upload["path"].split()
    asked = re.findall(r"--report (\w+)", command)
    assert len(reports) == len(asked)
    for path in (*reports, failures):
        assert (folder / path).exists()
