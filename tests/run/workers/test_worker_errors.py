"""Errors of workers: which are told to users, and which are mistakes of ours."""

from gradcheck.errors import GradcheckError
from gradcheck.run.workers.worker_errors import WorkerError, WorkerMistake


def test_a_worker_that_cannot_be_used_is_told_as_any_error_of_use():
    assert issubclass(WorkerError, GradcheckError)


def test_a_mistake_of_ours_is_no_error_of_use_and_shows_where_it_happened():
    assert not issubclass(WorkerMistake, GradcheckError)
    assert str(WorkerMistake("Traceback: …")) == "in a worker process:\nTraceback: …"
