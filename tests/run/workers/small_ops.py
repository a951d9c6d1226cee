"""A module with an op for each way in which a worker may go on or end."""

from gradcheck.run.workers.tasks import Loading

OPS = """
import os
import gradcheck as gc

def op(name, call=lambda: None):
    def forward(x):
        call()
        return x.copy()
    return gc.op("(...)->(...)", name=name)(forward).vjp(lambda g: g.copy())

OPS = [
    op("right"),
    op("leaves", lambda: os._exit(3)),
    op("prints", lambda: print("hello")),
    op("hangs", lambda: [None for _ in iter(int, 1)]),
]
"""


def loading_in(folder, text=OPS):
    """Write a module into a folder, and say where it is."""
    (folder / "small_ops.py").write_text(text)
    return Loading(modules=(str(folder / "small_ops.py"),), builtin=False)
