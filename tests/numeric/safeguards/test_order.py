"""The order of the safeguards is written once, documented, and kept."""

import re
from pathlib import Path

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards import order
from gradcheck.numeric.safeguards.order import SAFEGUARDS, settled
from gradcheck.numeric.safeguards.safeguard import Safeguard
from tests.points import dispute_about, point_at
from tests.root import ROOT

SHARP = Reference(low=1.0, high=1.0, bar=0.0, method="by hand", step=0.0)
NOISY = Reference(low=1.0, high=1.0, bar=0.0, method="by hand", step=0.0, problem=Obstacle.NOISY)


def test_the_documentation_lists_them_in_their_order():
    text = Path(ROOT, "docs/method.md").read_text(encoding="utf-8")
    section = text.partition("\n## Safeguards\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\d+\. \*\*(.+?)\*\*", section, re.MULTILINE) == [
        safeguard.name for safeguard in SAFEGUARDS
    ]


def test_each_has_a_name_of_its_own_and_a_source():
    assert len({safeguard.name for safeguard in SAFEGUARDS}) == len(SAFEGUARDS)
    assert all(re.match(r"derived: |measured: |.+ \(\d{4}\), ", s.source) for s in SAFEGUARDS)


def calls_of(monkeypatch, reference, settling=None):
    """The safeguards that are asked, if one of them settles the matter."""
    asked = []

    def watched(each):
        def rule(dispute):
            asked.append(each.name)
            if each.name == settling:
                return dispute.unusable(Obstacle.FAINT)
            return dispute.comparison

        return Safeguard(each.name, each.source, each.obstacles, each.of_agreement, rule)

    monkeypatch.setattr(order, "SAFEGUARDS", tuple(map(watched, SAFEGUARDS)))
    settled(dispute_about(point_at(np.sin, [0.0], gradient=[[1.5]]), reference))
    return asked


def test_a_disagreement_goes_through_all_that_are_about_one(monkeypatch):
    assert calls_of(monkeypatch, SHARP) == [s.name for s in SAFEGUARDS if not s.of_agreement]


def test_an_agreement_goes_through_the_others(monkeypatch):
    assert calls_of(monkeypatch, NOISY) == [s.name for s in SAFEGUARDS if s.of_agreement]


@pytest.mark.parametrize("count", [1, 4])
def test_none_is_asked_after_one_that_settled_it(monkeypatch, count):
    names = [s.name for s in SAFEGUARDS if not s.of_agreement]
    assert calls_of(monkeypatch, SHARP, settling=names[count - 1]) == names[:count]
