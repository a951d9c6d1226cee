"""What an error says, for tests that compare it word by word."""

import pytest


def message_of(error, call, *arguments, **keywords):
    """The message of the error that a call raises."""
    with pytest.raises(error) as caught:
        call(*arguments, **keywords)
    return str(caught.value)
