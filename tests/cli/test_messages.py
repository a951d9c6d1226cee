"""Sentences on standard error."""

import pytest

from gradcheck.cli.messages import note, warn


@pytest.mark.parametrize(("say", "beginning"), [(warn, "Warning: "), (note, "Note: ")])
def test_a_sentence_is_one_line_on_standard_error(capsys, say, beginning):
    say("a\x1b[31m\nb")
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{beginning}a\\x1b[31m\\nb\n")
