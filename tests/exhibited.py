"""What is found in each wrong gradient of the museum, and that its right one passes."""

from pathlib import Path

import gradcheck
from gradcheck import check
from gradcheck.audit.museum import exhibits
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

ROOMS = Path(gradcheck.__file__).parent / "audit" / "museum" / "rooms"
IDS = [f"R{n:02}" for n in range(1, 108, 2)] + [f"T{n:02}" for n in range(1, 20, 2)]
EXHIBITS = {e.id: e for e in exhibits()}
ENTRIES = 12  # that a smallest case has at most
# Those that are wrong beyond some size only; R57 and R73 cost more calls than reducing may take.
LONG = {"R53": 65_537, "R57": 64, "R59": 1100, "R73": 18, "R103": 1100}
ANY_VALUE = (Kind.VALUE, Kind.ZERO, Kind.LINEARITY)
# What is said of each: the kind of failure, and the argument that it is about.
SAID = {
    "R01": (Kind.NONFINITE, "x"),
    "R03": (ANY_VALUE, "x"),
    "R05": (ANY_VALUE, "w"),
    "R07": (Kind.VALUE, "x"),
    "R09": (Kind.NONFINITE, "x"),
    "R11": (Kind.NONFINITE, "b"),
    "R13": (Kind.VALUE, "x"),
    "R15": (Kind.NONFINITE, "x"),
    "R17": (Kind.NONFINITE, "x"),
    "R19": (Kind.SHAPE, "x"),
    "R21": (Kind.VALUE, "w"),
    "R23": (Kind.VALUE, "x"),
    "R25": (Kind.VALUE, "t"),
    "R27": (Kind.VALUE, "w"),
    "R29": (Kind.RAISED, None),
    "R31": (Kind.SHAPE, "x"),
    "R33": (Kind.VALUE, "b"),
    "R35": (Kind.VALUE, "x"),
    "R37": (Kind.NONFINITE, "x"),
    "R39": (Kind.SHAPE, ("a", "b")),
    "R41": (Kind.VALUE, "x"),
    "R43": (Kind.SHAPE, ("a", "b")),
    "R45": ((Kind.VALUE, Kind.LAYOUT), "x"),
    "R47": ((Kind.MUTATION, Kind.RAISED), None),
    "R49": ((Kind.VALUE, Kind.TWICE), ("x", "y", None)),
    "R51": (Kind.VALUE, "p"),
    "R53": (Kind.VALUE, "x"),
    "R55": (Kind.NONFINITE, "x"),
    "R57": (Kind.VALUE, "x"),
    "R59": (Kind.VALUE, "w"),
    "R61": (Kind.VALUE, "x"),
    "R63": (Kind.VALUE, "x"),
    "R65": (Kind.VALUE, "gamma"),
    "R67": (Kind.VALUE, "x"),
    "R69": (Kind.VALUE, "x"),
    "R71": (Kind.VALUE, "logp"),
    "R73": ((Kind.VALUE, Kind.NONFINITE, Kind.TWICE), ("b", None)),
    "R75": ((Kind.NONFINITE, Kind.ZERO), "x"),
    "R77": ((Kind.NONFINITE, Kind.ZERO), "x"),
    "R79": (Kind.VALUE, "x"),
    "R81": (Kind.VALUE, ("x", "y")),
    "R83": (Kind.VALUE, "x"),
    "R85": (Kind.VALUE, ("a", "b")),
    "R87": (Kind.NONFINITE, "scores"),
    "R89": (Kind.VALUE, ("q", "k", "v")),
    "R91": (Kind.VALUE, ("start", "w")),
    "R93": (Kind.VALUE, "a"),
    "R95": (Kind.VALUE, "a"),
    "R97": (Kind.NONFINITE, "a"),
    "R99": (Kind.VALUE, "a"),
    "R101": (Kind.VALUE, "x"),
    "R103": (Kind.VALUE, "table"),
    "R105": (Kind.VALUE, ("p", "t")),
    "R107": (Kind.VALUE, "x"),
    "T01": (Kind.SHAPE, "w"),
    "T03": ((Kind.VALUE, Kind.LINEARITY), "x"),
    "T05": (Kind.VALUE, "x"),
    "T07": (Kind.VALUE, "x"),
    "T09": (Kind.VALUE, "x"),
    "T11": ((Kind.SHAPE, Kind.RAISED, Kind.VALUE), "x"),
    "T13": (Kind.VALUE, ("wx", "wh")),
    "T15": (Kind.SHAPE, "x"),
    "T17": (Kind.ALIASING, "x"),
    "T19": (Kind.VALUE, "x"),
}


def ids_in(room):
    """The ids of the exhibits in one room."""
    return [key for key, shown in EXHIBITS.items() if shown in vars(room).values()]


def assert_found(key):
    """The wrong gradient of an exhibit is found, in a small case, at its own line."""
    kinds, arguments = (x if isinstance(x, tuple) else (x,) for x in SAID[key])
    result = check(EXHIBITS[key].wrong, hazards="fail")
    assert result.verdict.is_failure, (result.verdict, result.reason)
    failure = result.failure
    assert failure.kind in kinds
    assert failure.argument in arguments or failure.kind is Kind.RAISED
    assert sum(x.size for x in failure.case.inputs.values()) <= LONG.get(key, ENTRIES)
    where = failure.raised.location if failure.raised else failure.location
    assert Path(where.file).parent == ROOMS


def assert_passes(key):
    """The right gradient of an exhibit passes."""
    result = check(EXHIBITS[key].right)
    assert result.verdict is Verdict.PASS, result.reason
    assert result.margin <= 1
