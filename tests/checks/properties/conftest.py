"""Checking one property on one case."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.examine import examine
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.checks.subject import Subject
from gradcheck.spec.domains import real
from gradcheck.spec.signature import parse_signature
from gradcheck.spec.spec_options import DEFAULT_RTOL


@pytest.fixture
def broken():
    """A function that gives the failure which a property finds, or None."""

    def check(name, forward, vjp, *inputs, signature=None, domain=None, sizes=None, **options):
        parsed = None if signature is None else parse_signature(signature)
        arrays = tuple(np.asarray(x) for x in inputs)
        subject = Subject(
            name="op",
            forward=forward,
            vjp=lambda g, xs, params, out: vjp(g, *xs),
            signature=parsed,
            rtol=DEFAULT_RTOL,
            **options,
        )
        case = Case(
            inputs=arrays,
            names=("x", "y", "z")[: len(arrays)],
            domains=(domain or real(),) * len(arrays),
            sizes=sizes or {},
            dtype=str(arrays[0].dtype),
        )
        chosen = property_of(name)
        outcome = examine(subject, case, due=() if chosen.when == "always" else (chosen,))
        assert outcome.notes == ()
        return outcome.failure

    return check
