"""Failures that are stored and read again, for tests of what is done with them."""

from dataclasses import replace

import gradcheck as gc
from gradcheck.checks.examine import examine
from gradcheck.checks.properties.catalogue import due
from gradcheck.checks.subject import subject_of
from gradcheck.run.conclusion import concluded_at
from gradcheck.run.history.store import Store
from gradcheck.run.history.stored_failure import Origins, StoredFailure


def stored_of(result, spec, folder, **given):
    """Store the failure of a result and read it again, as another process would."""
    assert result.failure is not None, result
    return StoredFailure.load(
        Store(folder).save(StoredFailure.of(result, spec, Origins(), **given))
    )


def found(spec, folder, **settings):
    """Check an op, and store how it fails."""
    also = settings.get("also", ())
    return stored_of(
        gc.check(spec, **{"cases": 40, "diagnose": False, **settings}), spec, folder, also=also
    )


def found_at(spec, case, folder):
    """Examine one case, and store how it fails."""
    checked = due(case.turn, 6, frozenset(spec.skip), frozenset())
    outcome = examine(subject_of(spec), case, table="every entry", due=checked)
    return stored_of(concluded_at(subject_of(spec), outcome, seed=0, seconds=0.1), spec, folder)


def edited(stored, **changes):
    """A stored failure whose case is another one."""
    failure = stored.result.failure
    case = replace(failure.case, **changes)
    return replace(stored, result=replace(stored.result, failure=replace(failure, case=case)))
