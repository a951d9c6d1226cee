"""Shards partition a run by names alone, and merged they are the run."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import SettingsError
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.environment import Environment
from gradcheck.run.history.merge import MergeError, NamedRun, merge
from gradcheck.run.history.saved_run import Conditions, RunDocument
from gradcheck.run.memory_sizes import parsed_size, said_size
from gradcheck.run.shards import Shard, parsed_shard

NAMES = ("add", "exp", "log", "sum", "mul")
WHOLE = RunDocument(
    environment=Environment.current(),
    conditions=Conditions(cases=3, seed=0),
    started="2026-01-01T00:00:00+00:00",
    planned=len(NAMES),
    results=tuple(Result(op=name, verdict=Verdict.PASS) for name in NAMES),
)


def divided(total, whole=WHOLE):
    ops = tuple(result.op for result in whole.results)
    for number in range(1, total + 1):
        shard = Shard(number=number, total=total, selected=ops)
        results = tuple(result for result in whole.results if shard.has(result.op))
        run = replace(whole, results=results, planned=len(results), shard=shard)
        yield NamedRun(name=f"{number}.json", run=run)


@given(st.integers(1, 9), st.randoms(use_true_random=False))
def test_shards_in_any_order_give_the_run(total, random):
    sources = list(divided(total))
    random.shuffle(sources)
    assert merge(sources) == WHOLE


@given(st.text(), st.integers(1, 50))
def test_every_op_is_in_one_shard(op, total):
    assert sum(Shard(number=n, total=total).has(op) for n in range(1, total + 1)) == 1


def test_the_shard_of_a_name_never_changes():
    found = [[n for n in (1, 2, 3) if Shard(number=n, total=3).has(op)] for op in NAMES]
    assert found == [[3], [1], [1], [1], [1]]


def seeded(source, seed):
    conditions = Conditions(cases=3, seed=seed)
    return replace(source, run=replace(source.run, conditions=conditions))


def of_numpy(source, version):
    environment = replace(source.run.environment, numpy=version)
    return replace(source, run=replace(source.run, environment=environment))


def test_shards_may_come_from_several_machines():
    one, other, third = (replace(WHOLE.environment, processor=name) for name in ("A", "B", "A"))
    sources = [
        replace(source, run=replace(source.run, environment=environment))
        for source, environment in zip(divided(3), (one, other, third), strict=True)
    ]
    assert merge(sources).environment.processor == "A + B"
    assert merge(sources).results == WHOLE.results


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], "nothing to merge"),
        (list(divided(3))[:2], "shard 3/3 is missing"),
        ([*divided(2), next(divided(2))], "Shard 1/2 is there 2 times"),
        ([next(divided(2)), next(divided(3))], "1.json is shard 1/2, 1.json is shard 1/3"),
        ([NamedRun(name="w.json", run=WHOLE), *divided(1)], "w.json is a whole run"),
        (
            [NamedRun(name="a.json", run=WHOLE), NamedRun(name="b.json", run=WHOLE)],
            "The op 'add' is in a.json and b.json: merge what is distinct. So are 4 more.",
        ),
        (
            [next(divided(2)), seeded(list(divided(2))[1], 7)],
            "not parts of one run: seed 0 in the one, 7 in the other",
        ),
        ([next(divided(2)), of_numpy(list(divided(2))[1], "1.0")], "1.0 in the other"),
        (
            [
                next(divided(2)),
                list(divided(2, replace(WHOLE, results=WHOLE.results[:4])))[1],
            ],
            "shards of other selections: mul only in one of them",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(sources, said):
    with pytest.raises(MergeError) as caught:
        merge(sources)
    assert said in str(caught.value)


def test_one_interrupted_part_interrupts_the_whole():
    first, second = divided(2)
    cut = replace(second, run=replace(second.run, interrupted=True, results=()))
    assert merge([first, cut]).interrupted


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "1/0", "a/b", "-1/3", "1/2/3", ""])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(SettingsError, match="is no shard"):
        parsed_shard(text)


@pytest.mark.parametrize(
    ("text", "size"), [("512M", 2**29), ("2g", 2**31), ("1.5 GiB", 3 * 2**29), ("4096", 4096)]
)
def test_sizes_are_read_in_words(text, size):
    assert parsed_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "0.0M", "-1G", "2 X", "G", "inf"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(SettingsError, match="is no size of memory"):
        parsed_size(text)


def test_sizes_are_said_in_words():
    assert [said_size(n) for n in (0, 1023, 1536, 2**31)] == [
        "0 bytes",
        "1023 bytes",
        "1.5 KiB",
        "2 GiB",
    ]
