"""The audit: break each op's gradient on purpose, and check it.

What it finds is about the spec and the generator, not about the gradient: a mutant that
survives is a mistake that `gradcheck run` would let pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from hypothesis.errors import Unsatisfiable

from gradcheck.audit.mutants import MUTANTS
from gradcheck.audit.mutants.mutant import Mutant, Target, targets
from gradcheck.audit.mutants.outcome import Fate, MutantResult, fate_of
from gradcheck.audit.mutants.watcher import Bench
from gradcheck.cases.case import TURNS, Case
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import draw_cases, quiet
from gradcheck.cases.schedule import passes
from gradcheck.checks.examine import Outcome, examine
from gradcheck.checks.properties.catalogue import due
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.reach import Scout
from gradcheck.run.search import check_op
from gradcheck.spec.spec import OpSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class OpAudit:
    """The audit of one op.

    Attributes:
        op: the op's name.
        verdict: of its own gradient; only a PASS can be audited.
        reason: why it could not be audited, or empty.
        mutants: what became of each mutant, gradient by gradient.
        untried: how many mutants there was no time for.
        cases: how many cases the mutants were tried on.
        seconds: wall time.
    """

    op: str
    verdict: Verdict
    reason: str = ""
    mutants: tuple[MutantResult, ...] = ()
    untried: int = 0
    cases: int = 0
    seconds: float = 0.0

    def of(self, fate: Fate) -> tuple[MutantResult, ...]:
        """The mutants that met this fate."""
        return tuple(mutant for mutant in self.mutants if mutant.fate is fate)

    @property
    def auditable(self) -> bool:
        """Whether mutants were made at all."""
        return self.verdict is Verdict.PASS

    @property
    def score(self) -> float | None:
        """Killed mutants in percent of those not equivalent; None without any."""
        return score(self.mutants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The audit of several ops.

    Attributes:
        ops: one entry per op, in the order in which they were audited.
        seed: the seed that the cases were drawn from.
        seconds: wall time.
        interrupted: whether it was stopped before all ops were done.
    """

    ops: tuple[OpAudit, ...]
    seed: int
    seconds: float
    interrupted: bool = False

    @property
    def score(self) -> float | None:
        """Killed mutants of all ops in percent of those not equivalent."""
        return score([mutant for op in self.ops for mutant in op.mutants])

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers, with the scores."""
        plain = asdict(self) | {"score": self.score}
        plain["ops"] = [asdict(op) | {"score": op.score} for op in self.ops]
        return plain


def score(mutants: Iterable[MutantResult]) -> float | None:
    """Return 100 · killed / (killed + survived); None without either."""
    fates = [mutant.fate for mutant in mutants]
    killed, survived = fates.count(Fate.KILLED), fates.count(Fate.SURVIVED)
    return 100 * killed / (killed + survived) if killed + survived else None


@dataclass(frozen=True, slots=True)
class MutantTried:
    """The event that one more mutant of an op was tried."""

    op: str
    tried: int
    planned: int


Listener = Callable[[MutantTried], None]


def audit(
    specs: Sequence[OpSpec],
    settings: Settings,
    *,
    mutants: Sequence[Mutant] = MUTANTS,
    listener: Listener = lambda event: None,
) -> Audit:
    """Audit ops one after the other.

    Args:
        specs: the ops, in order.
        settings: how each mutant is checked; `max_time` is for all mutants of an op together.
        mutants: which mutants to make.
        listener: called after each mutant.

    Returns:
        What was found; if it was interrupted from the keyboard, until then.

    Raises:
        SpecError: if a spec does not fit together.
    """
    started = time.perf_counter()
    done: list[OpAudit] = []
    interrupted = False
    for spec in specs:
        try:
            done.append(audit_op(spec, settings, mutants=mutants, listener=listener))
        except KeyboardInterrupt:
            interrupted = True
            break
    return Audit(
        ops=tuple(done),
        seed=settings.seed,
        seconds=time.perf_counter() - started,
        interrupted=interrupted,
    )


def audit_op(
    spec: OpSpec,
    settings: Settings,
    *,
    mutants: Sequence[Mutant] = MUTANTS,
    listener: Listener = lambda event: None,
) -> OpAudit:
    """Audit one op: see `audit`."""
    started = time.perf_counter()
    plain = replace(settings, shrink=False, database=None, last_case=False, max_time=None)
    result = check_op(spec, plain)
    if result.verdict is not Verdict.PASS:
        return OpAudit(
            op=spec.name,
            verdict=result.verdict,
            reason=result.reason,
            seconds=time.perf_counter() - started,
        )
    bench = bench_of(spec, plain)
    planned = _planned(mutants, bench)
    end = float("inf") if settings.max_time is None else started + settings.max_time
    tried: list[MutantResult] = []
    for mutant, target in planned:
        if time.perf_counter() > end:
            break
        tried.append(fate_of(mutant, target, bench))
        listener(MutantTried(spec.name, len(tried), len(planned)))
    return OpAudit(
        op=spec.name,
        verdict=result.verdict,
        mutants=tuple(tried),
        untried=len(planned) - len(tried),
        cases=len(bench.runs),
        seconds=time.perf_counter() - started,
    )


def bench_of(spec: OpSpec, settings: Settings) -> Bench:
    """Set up a bench with the cases of a run."""
    with quiet():
        return Bench.of(spec, cases_of(spec, settings), _examiner(spec, settings))


def cases_of(spec: OpSpec, settings: Settings) -> list[Case]:
    """Draw as many cases as a run does, in the same passes.

    Nothing is hunted for: where margins lead depends on the mutant. As in a run, no axis is
    stretched far along which the op grows faster than its inputs.
    """
    found: list[Case] = []
    scout = Scout(subject_of(spec))
    for each in passes(CasePlan.of(spec), settings.dtypes or spec.dtypes, settings.cases):
        if not scout.allows(each.stretch):
            continue
        drawn: list[Case] = []
        with suppress(Unsatisfiable):
            draw_cases(each.draw, drawn.append, each.sample(spec.name, settings.seed))
        for case in drawn:
            scout.look(case, each.stretch)
        found += drawn
    return found


def _planned(mutants: Sequence[Mutant], bench: Bench) -> list[tuple[Mutant, Target]]:
    if not bench.runs:
        return []
    case = max(bench.cases, key=lambda case: len(case.inputs))
    return [(mutant, target) for mutant in mutants for target in targets(mutant, bench.spec, case)]


def _examiner(spec: OpSpec, settings: Settings) -> Callable[[Subject, Case], Outcome]:
    """Examine a case as a run does, with properties in turn."""
    also = frozenset((*settings.also, *spec.also))

    def examined(subject: Subject, case: Case) -> Outcome:
        severe = replace(subject, hazards="fail")
        return examine(severe, case, due=due(case.turn, TURNS, subject.skip, also))

    return examined
