"""Lines for a bug report: a fact each, aligned, and nothing hidden in them."""

from gradcheck.reports.terminal.installation_page import as_lines

ABOUT = {
    "environment": {
        "gradcheck": "1.0", "python": "3.11.7", "numpy": "2.1.0", "hypothesis": "6.150",
        "system": "Linux", "machine": "x86_64",
    },
    "location": "~/gradcheck", "python": "3.11.7", "interpreter": "", "cores": 2,
    "blas": "openblas 0.3", "blas_threads": None,
    "optional": {"torch": None, "pytest": "9.0"},
    "plugins": {},
    "project": {
        "files": ["a.toml", "b\x1b.toml"], "mistakes": [], "profile": "", "ops": ["my_ops.py"],
        "variables": {"GRADCHECK_SEED": "7"}, "failures": 3, "pinned": 0,
    },
}  # fmt: skip
ABOUT["python"] = "/usr/bin/python3"


def test_a_line_per_fact():
    lines = list(as_lines(ABOUT))
    facts = {line[:17].strip(): line[17:] for line in lines if line[:17].strip()}
    assert facts["system"] == "Linux x86_64, 2 cores"
    assert facts["BLAS"] == "openblas 0.3, unknown threads"
    assert facts["variables"] == "GRADCHECK_SEED=7"
    assert facts["stored failures"] == "3"


def test_what_is_missing_is_said():
    lines = list(as_lines(ABOUT))
    assert "optional         torch not found" in lines
    assert " " * 17 + "pytest 9.0" in lines
    assert "plugins          none" in lines
    assert "profile          none" in lines


def test_several_values_stand_one_below_the_other_without_control_characters():
    lines = list(as_lines(ABOUT))
    place = lines.index("configuration    a.toml")
    assert lines[place + 1] == " " * 17 + "b\\x1b.toml"
