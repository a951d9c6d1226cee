"""An exhibit whose two gradients are off by factors of one's choice."""

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug


def doubled(wrong_factor, right_factor=2):
    @bug(
        "R99",
        "Forgets the factor.",
        exposed_by="any input",
        cited=("owner/project.jl#12",),
        op=gc.op("(n)->(n)", dims={"n": gc.size(max=3)}),
    )
    def double(x):
        """Twice the input."""
        return 2 * x

    double.wrong.vjp(lambda g: wrong_factor * g)
    double.right.vjp(lambda g: right_factor * g)
    return double
