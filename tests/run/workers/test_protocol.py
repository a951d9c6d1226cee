"""Messages are data: they travel between processes as they are."""

import pickle

import pytest

from gradcheck.run.workers.protocol import Done, Gone, InternalError, Progress, Ready, Unusable

MESSAGES = (
    Ready(),
    Progress(3, shrinking=True),
    Done({"op": "f"}, spent=True, printed="it printed 3 bytes"),
    Gone(why="", status=-11, case=b"\x00", trace="…", printed="", seconds=1.5),
    Unusable("why"),
    InternalError("Traceback"),
)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_comes_back_equal(message):
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301


@pytest.mark.parametrize("message", MESSAGES[1:], ids=lambda m: type(m).__name__)
def test_a_message_does_not_change(message):
    with pytest.raises(AttributeError):
        setattr(message, next(iter(message.__match_args__ or message.__slots__)), None)
