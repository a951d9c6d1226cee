"""Each gradient is a test: pytest -k dense, --lf and -x work as for any other."""

import gradcheck as gc


@gc.pytest_ops("my_ops.py")
def test_gradient(op, gradcheck_settings):
    assert gc.check(op, **gradcheck_settings)
