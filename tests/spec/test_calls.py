"""A call keeps its arguments."""

import pytest

import gradcheck as gc


def test_a_call_keeps_its_arguments():
    made = gc.call(1.0, [2.0], axis=0)
    assert made.inputs == (1.0, [2.0])
    assert dict(made.params) == {"axis": 0}
    with pytest.raises(TypeError):
        made.params["axis"] = 1
