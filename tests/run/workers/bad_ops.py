"""Ops that misbehave in every way that we know, between two that are right."""

import ctypes
import os
import random
import sys
from pathlib import Path

import numpy as np

import gradcheck as gc


def op(name):
    """An elementwise identity, but for what the function does besides."""

    def made(forward):
        spec = gc.op("(...)->(...)", name=name)(forward)
        spec.vjp(lambda g: g.copy())
        return spec

    return made


@op("right_before")
def right_before(x):
    return x.copy()


@op("segfault")
def segfault(x):
    ctypes.string_at(0)
    return x.copy()


@op("python_loop")
def python_loop(x):
    while True:
        pass


@op("c_loop")
def c_loop(x):
    9 ** (9**9)  # in C, and the interpreter's lock is held
    return x.copy()


@op("hog")
def hog(x):
    np.ones(2**38)
    return x.copy()


@op("leaves")
def leaves(x):
    os._exit(0)


@op("kills_itself")
def kills_itself(x):
    os.kill(os.getpid(), 9)


@op("recursion")
def recursion(x):
    def deeper():
        return deeper()

    return deeper()


@op("noise")
def noise(x):
    sys.stdout.write("noise\n" * 200_000)
    os.write(2, b"from the file descriptor\n")
    return x.copy()


@op("babbles")
def babbles(x):
    while True:
        os.write(1, 2**16 * b"x")


@op("changes")
def changes(x):
    os.chdir("/")
    os.environ.clear()
    os.environ["CHANGED"] = "yes"
    np.seterr(all="raise")
    np.random.seed(1)
    random.seed(1)
    sys.setrecursionlimit(5_000)
    sys.path.insert(0, "/changed")
    return x.copy()


@op("right_after")
def right_after(x):
    assert Path.cwd() != Path("/")
    assert "CHANGED" not in os.environ
    assert np.geterr()["over"] != "raise"
    assert sys.getrecursionlimit() != 5_000
    assert "/changed" not in sys.path
    return x.copy()
