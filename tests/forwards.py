"""Forwards of ops, for tests of how specs are made."""


def identity(x):
    """The input itself.

    y = x
    """
    return x


def scale(x, factor=2.0):
    return factor * x
