"""Options about where ops run: which contradict each other, and which executor they give."""

import pytest

from gradcheck.cli.options.execution import Execution
from gradcheck.run.shards import Shard
from gradcheck.run.workers.pool import Pool
from gradcheck.run.workers.serial import Serial
from tests.cli.test_op_sources import sources

NOTHING = Execution(jobs=None, isolate=None, max_memory=None, scheduler=None, shard=None)


class Named:
    """As much of a spec as a shard asks of."""

    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize(
    ("options", "executor"),
    [
        ({}, Serial),
        ({"isolate": False, "jobs": 1}, Serial),
        ({"isolate": True}, Pool),
        ({"jobs": 1}, Pool),
        ({"max_memory": 2**30}, Pool),
    ],
)
def test_options_choose_the_executor(options, executor):
    assert isinstance(NOTHING._replace(**options).executor(sources()), executor)


def test_parts_of_a_run_are_disjoint_and_whole():
    specs = [Named(f"op{k}") for k in range(30)]
    parts = [NOTHING._replace(shard=(number, 3)).part_of(specs) for number in (1, 2, 3)]
    assert sorted(s.name for part, _ in parts for s in part) == sorted(s.name for s in specs)
    assert parts[1][1] == Shard(number=2, total=3, selected=tuple(s.name for s in specs))
    assert NOTHING.part_of(specs) == (specs, None)


@pytest.mark.parametrize(
    ("options", "max_time", "again"),
    [
        ({}, 3.0, []),
        ({"isolate": True}, None, ["--isolate"]),
        ({"jobs": 2}, 1.5, ["--isolate", "--max-time", "1.5"]),
        ({"max_memory": 2**29}, None, ["--isolate", "--max-memory", "512M"]),
    ],
)
def test_options_for_an_op_that_ended_its_process(options, max_time, again):
    assert NOTHING._replace(**options).again(max_time) == again


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-j", "0"), "'-j' / '--jobs': '0' is no number of jobs; give 1 or more, or auto."),
        (("-j", "many"), "'-j' / '--jobs': 'many' is no number of jobs; give 1 or more, or auto."),
        (
            ("--shard", "3/2"),
            "'--shard': '3/2' is no shard; write 1/3, 2/3 or 3/3 for the parts of",
        ),
        (("--scheduler", "exp"), "'--scheduler': 'exp' is no address of a scheduler; write tcp://"),
        (("--max-memory", "much"), "'--max-memory': 'much' is no size"),
    ],
)
def test_values_that_are_none(gradcheck, arguments, said):
    done = gradcheck("run", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith(f"Invalid value for {said}")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("-j", "2"), "-j 2 runs several ops at a time"),
        (("--max-memory", "1G"), "--max-memory limits worker processes"),
        (("--scheduler", "tcp://host:1"), "--scheduler runs ops on a cluster"),
    ],
)
def test_what_needs_workers_contradicts_one_process(gradcheck, right_ops, arguments, why):
    done = gradcheck("run", "--ops", right_ops, "--no-isolate", *arguments)
    assert done.code == 2
    assert done.error == f"--no-isolate keeps all in one process, but {why}."


def test_one_job_in_this_process_is_no_contradiction(gradcheck, verdicts, right_ops):
    verdicts("PASS", "PASS")
    assert gradcheck("run", "--ops", right_ops, "--no-isolate", "-j", "1").code == 0
