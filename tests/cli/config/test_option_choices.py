"""Names that options and files share: those of the core, though it is not imported for them."""

from typing import get_args

from gradcheck.cli.config import option_choices as choices
from gradcheck.cli.options.reports import DOCUMENTS, Form
from gradcheck.ndarrays.dtypes import DTYPES


def test_they_are_those_of_the_core():
    assert choices.DTYPES == DTYPES
    assert get_args(Form) == choices.FORMATS
    assert set(DOCUMENTS) < set(choices.FORMATS)


def test_every_sort_is_known_to_the_report(gradcheck, verdicts, right_ops):
    verdicts("PASS", "PASS")
    for name in choices.SORTS:
        assert gradcheck("run", "--ops", right_ops, "--sort", name).code == 0
