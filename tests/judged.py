"""One case of plain functions, judged."""

from dataclasses import replace

import numpy as np

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import Subject
from gradcheck.spec.spec_options import DEFAULT_RTOL


def judged(forward, gradients, *inputs, probes="auto", project=None, domain=None, seed=2):
    """The tally of one case; `gradients` are functions of the cotangent and the inputs."""
    arrays = tuple(np.asarray(x) for x in inputs)

    def vjp(g, xs, params, out):
        return tuple(np.array(d(g, *xs)) for d in gradients)

    if project is not None:
        domain = replace(gc.real(), room=None, project=project)
    case = Case(
        inputs=arrays,
        names=("x", "y", "z")[: len(arrays)],
        domains=(domain,) * len(arrays),
        cotangent=CotangentPlan(seed=seed),
    )
    subject = Subject(name="op", forward=forward, vjp=vjp, rtol=DEFAULT_RTOL)
    outcome = examine(subject, case, probes=probes)
    assert outcome.failure is None or outcome.tally.failures, outcome.failure
    return outcome.tally
