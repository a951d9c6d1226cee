"""One case, from the call of the forward to what is known about its gradient.

Case ──forward──▶ outputs ──vjp──▶ gradients ──contract──▶ numbers ──▶ Outcome
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcheck import fills, precision
from gradcheck.binding import Location
from gradcheck.cases import Case
from gradcheck.claims import Argument, Claim
from gradcheck.contract import (
    Culprit,
    Inputs,
    Violation,
    gradients_of,
    outputs_of,
    separate,
    unchanged,
)
from gradcheck.domains import Domain
from gradcheck.errors import listing
from gradcheck.forward import FlatForward, flat, is_differentiable
from gradcheck.numeric import Probes, Problem
from gradcheck.paths import length
from gradcheck.raising import FAULTS, raised_by, write_refused
from gradcheck.results import CaseReport, Failure, Kind
from gradcheck.subject import Subject
from gradcheck.tally import Tally
from gradcheck.verdict import Comparison

Array = NDArray[Any]
Params = Mapping[str, Any]
# Widest dtype of each kind: what the forward is differentiated in.
_WIDE = {"f": np.dtype(np.float64), "c": np.dtype(np.complex128)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one case showed.

    Attributes:
        report: the case and everything computed in it.
        failure: what is wrong, if something is.
        unusable: why there is no usable reference, or empty.
        tally: the numbers, where there are any.
    """

    report: CaseReport
    failure: Failure | None = None
    unusable: str = ""
    tally: Tally = field(default_factory=Tally)


class _Stop(Exception):
    """Ends the examination of a case with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def examine(
    subject: Subject,
    case: Case,
    *,
    probes: Probes = "auto",
    table: Literal["needed", "every entry"] = "needed",
) -> Outcome:
    """Run one case and compare its gradient.

    Args:
        subject: the op.
        case: what to call it with.
        probes: how many derivatives to compare, see `Problem.compare`.
        table: "needed" keeps the comparisons that had to be proven; "every entry" proves
            each entry of a small case, for a table with error bars.
    """
    examination = _Examination(subject, case)
    with np.errstate(all="ignore"):
        try:
            return examination.run(probes, table)
        except _Stop as stop:
            failure = replace(stop.failure, case=examination.report())
            return Outcome(report=examination.report(), failure=failure)


class _Examination:
    """The steps of one examination, and what they have produced so far."""

    def __init__(self, subject: Subject, case: Case) -> None:
        self.subject = subject
        self.case = case
        self.arrays = case.arranged()
        self.inputs = Inputs(
            dict(zip(case.names, self.arrays, strict=True)),
            tuple(
                name
                for name, x in zip(case.names, self.arrays, strict=True)
                if is_differentiable(x) and name.partition("[")[0] not in subject.nondiff
            ),
        )
        self.active = [i for i, n in enumerate(case.names) if n in self.inputs.differentiable]
        self.outputs: tuple[Array, ...] = ()
        self.cotangents: tuple[Array | None, ...] = ()
        self.gradients: dict[str, Array] = {}
        # Copies of the differentiable outputs and of their cotangents, which no rule has seen.
        self.base: list[Array] = []
        self.weights: list[Array] = []
        self.several = False  # whether the forward returns a tuple

    def run(self, probes: Probes, table: str) -> Outcome:
        """Take the steps in order; a broken contract stops before any number."""
        if not self.active:
            self._stop(_no_differentiable_input(self.inputs))
        array_params = self._array_params()
        given = {**self.inputs.arrays, **array_params}
        # The inputs that the op sees are copies of the case's own.
        before = dict(zip(self.case.names, self.case.inputs, strict=True))
        before |= {name: np.array(x) for name, x in array_params.items()}
        if not self._forward():
            return Outcome(report=self.report(), unusable="forward raises on a size of zero")
        self._stop(unchanged(before, given, culprit="forward"))
        self._vjp()
        self._stop(unchanged(before, given, culprit="vjp"))
        if self.case.dtype in ("float32", "float16", "complex64"):
            return self._in_low_precision(probes)
        return self._compare(probes, table)

    def report(self, comparisons: Sequence[Comparison] = ()) -> CaseReport:
        """The case as data, with what is known so far."""
        names = self.case.names
        return CaseReport(
            inputs=dict(zip(names, self.case.inputs, strict=True)),
            params=dict(self.case.params),
            dtype=self.case.dtype,
            layout=self.case.layout,
            outputs=self.outputs,
            cotangents=self.cotangents,
            gradients=self.gradients,
            comparisons=tuple(comparisons),
        )

    def _forward(self) -> bool:
        """Call the forward; False where it refuses a case of size zero, as it may."""
        try:
            returned = self.subject.forward(*self.arrays, **self.case.params)
        except FAULTS as error:
            if self.case.empty:
                return False
            raise _Stop(self._raised(error, "forward")) from error
        outputs = outputs_of(returned, self.inputs)
        if isinstance(outputs, Violation):
            raise _Stop(self._failure(outputs))
        self.several = isinstance(returned, tuple)
        signature = self.subject.signature
        if signature is not None and signature.outputs and self.case.sizes:
            wrong = signature.mismatch([out.shape for out in outputs], self.case.sizes)
            if wrong is not None:
                self._stop(
                    Violation(
                        Kind.FORWARD,
                        "forward disagrees with the signature",
                        f"forward returned {wrong}.",
                        culprit="forward",
                    )
                )
        self.outputs = outputs
        return True

    def _array_params(self) -> dict[str, Array]:
        return {k: v for k, v in self.case.params.items() if isinstance(v, np.ndarray)}

    def _vjp(self) -> None:
        """Call the vjp and hold what it returns to the contract."""
        self.cotangents = self.case.cotangent.cotangents(self.outputs)
        outputs = dict(zip(_numbered("out", len(self.outputs)), self.outputs, strict=True))
        numbered = zip(_numbered("g", len(self.cotangents)), self.cotangents, strict=True)
        cotangents = {name: g for name, g in numbered if g is not None}
        given = {**outputs, **cotangents}
        before = {name: array.copy() for name, array in given.items()}
        try:
            returned = self.subject.vjp(
                self._as_returned(self.cotangents), self.arrays, self.case.params, self._out
            )
        except FAULTS as error:
            self._stop(write_refused(error))
            raise _Stop(self._raised(error, "vjp")) from error
        gradients = gradients_of(returned, self.inputs)
        if isinstance(gradients, Violation):
            raise _Stop(self._failure(gradients))
        self._stop(unchanged(before, given, culprit="vjp"))
        self._stop(separate(gradients, {**cotangents, **self.inputs.arrays}))
        self.gradients = gradients
        self.base = [before[name] for name, out in outputs.items() if is_differentiable(out)]
        self.weights = [before[name] for name in cotangents]

    def _as_returned(self, items: Sequence[Any]) -> Any:
        """One item per output, in a tuple if the forward returned one."""
        return tuple(items) if self.several else items[0]

    @property
    def _out(self) -> Any:
        return self._as_returned(self.outputs)

    def _compare(self, probes: Probes, table: str) -> Outcome:
        """Compare numbers, if the forward gave finite ones."""
        if not self._is_finite():
            return Outcome(report=self.report(), unusable="forward is not finite")
        problem = self._problem()
        if problem.size == 0 or problem.base.size == 0:
            return self._compare_empty(problem)
        tally = problem.compare(probes)
        if self.subject.jvp is not None:
            tally.add(self._compare_jvp(problem))
        found = tally.failures
        comparisons = tally.proven
        if table == "every entry" and problem.size <= 256:
            extra = [c for c in tally.proven if c.argument is None or c.rule == "jvp"]
            comparisons = [*problem.prove_entries(), *extra]
            found = [c for c in comparisons if not c.agrees] or found
        report = self.report(comparisons)
        failure = self._wrong_value(found, report) if found else None
        return Outcome(report=report, failure=failure, unusable=_unusable(tally), tally=tally)

    def _is_finite(self) -> bool:
        return all(np.isfinite(out).all() for out in self.outputs if is_differentiable(out))

    def _compare_empty(self, problem: Problem) -> Outcome:
        """Without entries or without outputs the gradient is zero everywhere."""
        for name, gradient in zip(self.inputs.differentiable, problem.gradient, strict=True):
            if gradient.any():
                violation = Violation(
                    Kind.VALUE,
                    f"∂L/∂{name} is wrong",
                    f"The output has no entries, so ∂L/∂{name} is zero; the vjp returned "
                    f"{gradient[gradient.nonzero()][0]:g}.",
                    name,
                )
                self._stop(violation)
        return Outcome(report=self.report())

    def _problem(self) -> Problem:
        function = FlatForward(
            self.subject.forward,
            [_wide(x) for x in self.case.inputs],
            self.active,
            dict(self.case.params),
        )
        return Problem(
            function=function,
            arguments=[self._argument(i) for i in self.active],
            base=_joined(self.base),
            weights=_joined(self.weights),
            gradient=[flat(self.gradients[n]) for n in self.inputs.differentiable],
            rtol=self.subject.rtol,
            pad=self._pad,
            seed=self.case.cotangent.seed,
            nearby_gradient=self._nearby_gradient,
        )

    def _nearby_gradient(self, seed: int) -> list[Array] | None:
        """The gradient where each number of the inputs has moved by one unit in the last place."""
        rng = fills.generator(seed)
        inputs = [_nudged(x, rng) if is_differentiable(x) else x for x in self.case.inputs]
        try:
            gradients = self._wide_gradient(inputs, self.cotangents)
        except FAULTS:
            return None
        return [flat(gradients[name]) for name in self.inputs.differentiable]

    def _argument(self, i: int) -> Argument:
        x = self.case.inputs[i]
        domain: Domain | None = self.case.domains[i] if self.case.domains else None
        is_complex = x.dtype.kind == "c"
        room = None
        if domain is not None and domain.room is not None:
            room = np.repeat(np.ravel(domain.room(x)), 2 if is_complex else 1).astype(np.float64)
        project = None
        if domain is not None and domain.project is not None:
            shape, move = x.shape, domain.project

            def project(u: Array) -> Array:
                shaped = u.view(np.complex128) if is_complex else u
                return flat(move(x, shaped.reshape(shape)))

        return Argument(self.case.names[i], x.shape, is_complex, room, project)

    def _pad(self, part: int) -> int | None:
        """Axes to put between a stack of copies and an input; None where that is no broadcast."""
        i = self.active[part]
        signature = self.subject.signature
        if signature is None or not all(out.leading for out in signature.outputs):
            return None
        if i >= len(signature.inputs) or not signature.inputs[i].leading:
            return None
        ranks = []
        for x, argument in zip(self.case.inputs, signature.inputs, strict=True):
            ranks.append(x.ndim - len(argument.dims) if argument.leading else 0)
        return max(ranks) - ranks[i] if min(ranks) >= 0 else None

    def _compare_jvp(self, problem: Problem) -> Comparison:
        """Compare the jvp with the reference along a random direction."""
        assert self.subject.jvp is not None
        direction = problem.random_direction()
        tangents = tuple(problem.function.shaped(k, u).copy() for k, u in enumerate(direction))
        try:
            returned = self.subject.jvp(tangents, self.arrays, self.case.params, self._out)
        except FAULTS as error:
            raise _Stop(self._raised(error, "jvp")) from error
        terms = self._tangents_of(returned) * problem.weights
        path = problem.path_along(direction)
        claim = Claim(
            where="a random direction",
            argument=None,
            slope=float(terms.sum()),
            size=length(terms),
            rule="jvp",
        )
        return problem.judge(path, claim)

    def _tangents_of(self, returned: Any) -> Array:
        """Take what a jvp returned as one flat vector, if it has the form of the outputs."""
        moved = returned if isinstance(returned, tuple) else (returned,)
        kinds = [(np.shape(t), np.result_type(t)) for t in moved]
        wanted = [(o.shape, o.dtype) for o in self.outputs]
        if kinds != wanted:
            got, right = (
                ", ".join(f"{d} of shape {s}" for s, d in each) for each in (kinds, wanted)
            )
            self._stop(
                Violation(
                    Kind.JVP,
                    "the jvp has the wrong shape or dtype",
                    f"The jvp returned {got}; the forward returns {right}.",
                    culprit="jvp",
                )
            )
        return np.concatenate(
            [
                flat(np.asarray(t))
                for t, o in zip(moved, self.outputs, strict=True)
                if is_differentiable(o)
            ]
        )

    def _in_low_precision(self, probes: Probes) -> Outcome:
        """Check the formula in double precision, then this precision against that one."""
        wide_case = replace(
            self.case,
            inputs=tuple(_wide(x) for x in self.case.inputs),
            dtype="complex128" if self.case.dtype == "complex64" else "float64",
        )
        outcome = examine(self.subject, wide_case, probes=probes)
        if outcome.failure is not None or outcome.unusable:
            return outcome
        if not self._is_finite():
            return Outcome(report=self.report(), unusable=f"forward overflows in {self.case.dtype}")
        comparison = precision.worst(
            self._wide_gradient,
            wide_case.inputs,
            self.cotangents,
            self.gradients,
            [self._argument(i) for i in self.active],
            places=self.active,
            spent=sum(
                float((np.abs(g).astype(np.float64) * np.abs(out)).sum())
                for g, out in zip(self.cotangents, self.outputs, strict=True)
                if g is not None
            ),
        )
        report = self.report([comparison] if comparison else [])
        if comparison is None or comparison.agrees:
            return replace(outcome, report=report)
        violation = Violation(
            Kind.PRECISION,
            f"∂L/∂{comparison.argument} loses precision in {self.case.dtype}",
            f"In {self.case.dtype} the gradient is off by {comparison.distance:.1e} at "
            f"{comparison.where}; its conditioning explains {comparison.tolerance:.1e}.",
            comparison.argument,
        )
        failure = replace(self._failure(violation), case=report, worst=comparison)
        return Outcome(report=report, failure=failure, tally=outcome.tally)

    def _wide_gradient(
        self, inputs: Sequence[Array], cotangents: Sequence[Array | None]
    ) -> dict[str, Array]:
        """The gradient at other inputs, in their own precision, held to no contract."""
        returned = self.subject.forward(*inputs, **self.case.params)
        out = returned if self.several else np.asarray(returned)
        g = self._as_returned(cotangents)
        wide = Inputs(dict(zip(self.case.names, inputs, strict=True)), self.inputs.differentiable)
        gradients = gradients_of(self.subject.vjp(g, inputs, self.case.params, out), wide)
        assert not isinstance(gradients, Violation), "the same vjp kept its contract in float64"
        return gradients

    def _wrong_value(self, found: Sequence[Comparison], report: CaseReport) -> Failure:
        """Say which gradients are wrong, and show the entry that is furthest off."""
        entries = [c for c in found if c.argument is not None] or list(found)
        worst = max(entries, key=lambda c: c.distance)
        if worst.rule == "jvp":
            kind, headline, location = Kind.JVP, "the jvp is wrong", self.subject.jvp_location
        else:
            names = list(dict.fromkeys(f"∂L/∂{c.argument}" for c in entries if c.argument))
            verb = "is" if len(names) == 1 else "are"
            subjects = f"{listing(names)} {verb}" if names else "the gradient is"
            kind, location, complaint = Kind.VALUE, self.subject.location, "wrong"
            if not np.isfinite(worst.analytic):
                kind, complaint = Kind.NONFINITE, "not finite"
            headline = f"{subjects} {complaint}"
        message = (
            f"At {worst.where} the analytic derivative is {worst.analytic:.10g}; the numeric one "
            f"is {worst.reference.value:.10g} ± {worst.reference.bar:.1g}."
        )
        return Failure(
            kind=kind,
            headline=headline,
            message=message,
            argument=worst.argument,
            case=report,
            worst=worst,
            location=location,
        )

    def _failure(self, violation: Violation) -> Failure:
        return Failure(
            kind=violation.kind,
            headline=violation.headline,
            message=violation.message,
            argument=violation.argument,
            location=self._location(violation.culprit),
        )

    def _stop(self, violation: Violation | None) -> None:
        if violation is not None:
            raise _Stop(self._failure(violation))

    def _raised(self, error: BaseException, culprit: Culprit) -> Failure:
        location = self._location(culprit)
        raised = raised_by(error, location)
        what = culprit if culprit == "forward" else f"the {culprit}"
        return Failure(
            kind=Kind.RAISED,
            headline=f"{what} raised {raised.type}",
            message=f"{what[0].upper()}{what[1:]} raised {raised.type}: {raised.message}",
            raised=raised,
            location=location,
        )

    def _location(self, culprit: Culprit) -> Location | None:
        subject = self.subject
        return {
            "forward": subject.forward_location,
            "vjp": subject.location,
            "jvp": subject.jvp_location,
        }[culprit]


def _no_differentiable_input(inputs: Inputs) -> Violation:
    dtypes = ", ".join(f"{name} is {x.dtype}" for name, x in inputs.arrays.items())
    return Violation(
        Kind.SPEC,
        "no input is differentiable",
        f"No input is differentiable ({dtypes or 'there is none'}): gradients belong to floating "
        "and complex inputs that nondiff= does not take out.",
    )


def _unusable(tally: Tally) -> str:
    """Why a case tells nothing: most of its derivatives had no usable reference."""
    problems = tally.problems
    weak = [c for c in tally.proven if c.reference.weak]
    if problems and 2 * len(problems) > tally.probes:
        return max(problems, key=problems.count)
    if weak and 2 * len(weak) > tally.probes:
        return "forward is too noisy: its error bars are wide"
    return ""


def _nudged(x: Array, rng: np.random.Generator) -> Array:
    """Move each distinct number up or down by about one unit; zeros stay, and so do ties.

    What a gradient says at a zero or at a tie is not to be mistaken for unsteadiness.
    """
    values, inverse = np.unique(x, return_inverse=True)
    values *= 1 + float(np.finfo(x.dtype).eps) * rng.choice((-1.0, 1.0), values.shape)
    return values[inverse].reshape(x.shape).astype(x.dtype)


def _wide(x: Array) -> Array:
    """An input in double precision, C-contiguous; integers as they are."""
    return np.asarray(x, dtype=_WIDE.get(x.dtype.kind, x.dtype), order="C")


def _joined(arrays: list[Array]) -> Array:
    """Arrays flat and end to end, in double precision."""
    if len(arrays) == 1:
        return flat(arrays[0]).astype(np.float64, copy=False)
    return np.concatenate([flat(array) for array in arrays], dtype=np.float64)


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]
