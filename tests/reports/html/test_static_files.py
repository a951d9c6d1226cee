"""The style sheets: their colours can be read by everybody, in light and in dark."""

import re

import pytest

from gradcheck.reports.html.static_files import static

CSS = static("report.css")


def _luminance(colour):
    """Relative luminance, by WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


VARIABLES = {
    name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)
}
SHADES = re.findall(
    r"^\.([npz]\d?|nan, \.inf) ?\{ ?background: ?light-dark\((#\w+), ?(#\w+)\); ?"
    r"color: ?light-dark\((#\w+), ?(#\w+)\)",
    CSS,
    flags=re.MULTILINE,
)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *(
            (text, ground, 4.5)
            for text in ("text", "dim", "link", "bad", "good", "doubt")
            for ground in ("page", "card")
        ),
        *((mood, f"{mood}-fill", 4.5) for mood in ("bad", "good", "doubt")),
        *(
            (line, ground, 3)
            for line in ("analytic", "reference", "rounding")
            for ground in ("page", "bar")
        ),
        ("control", "page", 3),
        ("focus", "page", 3),
    ],
)
def test_contrast_is_what_wcag_aa_asks_for(text, ground, least, scheme):
    assert _contrast(VARIABLES[text][scheme], VARIABLES[ground][scheme]) >= least


def test_numbers_can_be_read_on_every_shade():
    assert len(SHADES) == 18
    for _, light, dark, on_light, on_dark in SHADES:
        assert _contrast(light, on_light) >= 4.5
        assert _contrast(dark, on_dark) >= 4.5
