"""The folder of a project: failures by id and path, the corpus, which ops failed last."""

import json

import pytest

import gradcheck as gc
from gradcheck.cli.project import Project
from gradcheck.results.documents import DocumentError
from gradcheck.results.events import RunFinished
from gradcheck.results.settings import Settings
from gradcheck.run.history.stored_failure import Origins
from gradcheck.spec import definitions

RIGHT = {"half": 0.5, "third": 1 / 3}


@pytest.fixture(scope="module")
def specs():
    """Two right ops and a wrong one."""
    with definitions.kept_out():
        right = [
            gc.op("(...)->(...)", name=name)(lambda x, f=f: f * x).vjp(lambda g, f=f: f * g)
            for name, f in RIGHT.items()
        ]
        wrong = gc.op("(...)->(...)", name="wrong")(lambda x: 2 * x).vjp(lambda g: 3 * g)
    return [*right, wrong]


@pytest.fixture(scope="module")
def results(specs):
    return [gc.check(spec, cases=3, diagnose=False) for spec in specs]


@pytest.fixture
def project(own_directory):
    return Project.here()


def kept(project, specs, results):
    origins = Origins(modules=("my_ops.py",), builtin=False)
    return project.keep(RunFinished(tuple(results), 0.1), specs, origins, Settings(also=("tails",)))


def test_only_failures_are_stored_with_where_their_op_is_from(project, specs, results):
    ids = kept(project, specs, results)
    assert set(ids) == {"wrong"}
    (stored,) = project.failures
    assert (stored.id, stored.op) == (ids["wrong"], "wrong")
    assert (stored.origins.modules, stored.origins.builtin) == (("my_ops.py",), False)
    assert stored.also == ("tails",)
    assert (project.folder / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_made_is_told_and_no_error(project, specs, results, capsys):
    project.folder.write_text("a file")
    assert kept(project, specs, results) == {}
    assert capsys.readouterr().err.startswith("Failures are not kept: ")
    assert project.last_failed() == ()


def test_an_op_that_was_not_run_stays_among_those_that_failed(project, specs, results):
    kept(project, specs, results)
    assert project.last_failed() == ("wrong",)
    kept(project, specs, results[:2])
    assert project.last_failed() == ("wrong",)
    right = gc.check(specs[0], cases=1)
    again = RunFinished((type(right)(op="wrong", verdict=right.verdict, cases=1),), 0.1)
    project.keep(again, specs, Origins(), Settings())
    assert project.last_failed() == ()


def test_a_broken_record_counts_as_none(project, capsys):
    project.folder.mkdir()
    (project.folder / "last-run.json").write_text("[]")
    assert project.last_failed() == ()
    assert capsys.readouterr().err.endswith("It is not used.\n")


def test_failed_ops_come_alone_or_first(project, specs, results, capsys):
    def names(**how):
        return [spec.name for spec in project.ordered(specs, **how)]

    assert names(only=True, first=False) == ["half", "third", "wrong"]
    assert "None of these ops failed" in capsys.readouterr().err
    kept(project, specs, results)
    assert names(only=True, first=False) == ["wrong"]
    assert names(only=False, first=True) == ["wrong", "half", "third"]
    assert names(only=False, first=False) == ["half", "third", "wrong"]


def test_a_failure_is_named_by_id_or_path(project, specs, results):
    name = kept(project, specs, results)["wrong"]
    assert (
        project.path_of(name)
        == project.path_of(name[:4])
        == project.failures.folder / f"{name}.json"
    )
    assert str(project.path_of("any/where.json")) == "any/where.json"
    with pytest.raises(DocumentError, match="No failure 'zzzz' is stored"):
        project.path_of("zzzz")


def test_a_pinned_failure_is_listed_once_and_not_forgotten(project, specs, results):
    kept(project, specs, results)
    (stored,) = project.failures
    pinned = project.pinned.save(stored)
    assert project.paths() == [pinned]
    assert project.holds(pinned)
    assert project.forget(pinned)  # our own file, not that of the corpus
    assert pinned.is_file()
    assert project.failures.paths() == []
    assert not project.holds(pinned)
    assert not project.forget(pinned)


def test_a_file_elsewhere_is_never_deleted(project, specs, results, tmp_path_factory):
    name = kept(project, specs, results)["wrong"]
    elsewhere = tmp_path_factory.mktemp("elsewhere") / f"{name}.json"
    elsewhere.write_text("{}")
    assert not project.forget(elsewhere)
    assert elsewhere.is_file()
    assert project.failures.paths()


def test_pinned_cases_of_ops_that_are_run_come_first(project, specs, results, capsys):
    assert project.first_cases(specs) == {}
    kept(project, specs, results)
    (stored,) = project.failures
    path = project.pinned.save(stored)
    assert project.first_cases(specs[:2]) == {}
    ((op, cases),) = project.first_cases(specs).items()
    assert (op, len(cases)) == ("wrong", 1)
    plain = json.loads(path.read_text())
    del plain["op"]
    path.write_text(json.dumps(plain))
    with pytest.raises(DocumentError):
        project.first_cases(specs)


def test_a_corpus_of_another_name(own_directory):
    assert Project.here("pins").corpus == own_directory / "pins"
