"""Lines are found without a parser of our own, and never wrongly."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.cli.config.toml_lines import MOST_LINES, line_of

TEXT = '''\
# cases = 1
title = "cases = 2"
note = """
cases = 3
[tool.gradcheck]
"""

[tool.gradcheck]
ops = [
  "cases",  # cases
]
cases = 4

[tool.gradcheck.op]
relu.skip = "x"
exp = { rtol = 1e-3, reason = "seed" }

[tool.gradcheck.op."my_*"]
"rtol" = 1e-3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("note",), 3),
        (("tool", "gradcheck"), 8),
        (("tool", "gradcheck", "ops"), 9),
        (("tool", "gradcheck", "cases"), 12),
        (("tool", "gradcheck", "op", "relu", "skip"), 15),
        (("tool", "gradcheck", "op", "exp", "reason"), 16),
        (("tool", "gradcheck", "op", "my_*"), 18),
        (("tool", "gradcheck", "op", "my_*", "rtol"), 19),
        (("tool", "gradcheck", "seed"), 0),
        ((), 0),
    ],
)
def test_lines(path, line):
    tomllib.loads(TEXT)
    assert line_of(TEXT, path) == line


@given(st.lists(st.sampled_from(["a", "b", "c", "ab", "abc"]), unique=True), st.data())
def test_a_key_is_found_among_comments_and_strings_that_speak_of_it(names, data):
    noise = st.sampled_from(["", "# a b c ab abc", "  # [a]"])
    lines, wanted = ["[t]"], {}
    for name in names:
        lines += data.draw(st.lists(noise, max_size=2))
        wanted[name] = len(lines) + 1
        lines += data.draw(
            st.sampled_from([[f"{name} = 'abc = 1'"], [f'"{name}" = """', "abc", '"""']])
        )
    text = "\n".join(lines)
    assert {name: line_of(text, ("t", name)) for name in names} == wanted


def test_a_very_long_file_is_not_searched():
    assert line_of("\n" * MOST_LINES + "a = 1\n", ("a",)) == 0
