"""Modules of ops that a test writes, and a registry to select from."""

import textwrap

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.spec.registry import Registry
from tests.op_modules import DOUBLE


@pytest.fixture
def own_directory(own_modules, tmp_path, monkeypatch):
    """Work in an empty directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(own_directory, tmp_path):
    """Write a file in the current folder."""

    def write_file(name, text=DOUBLE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


def named(name, **options):
    return gc.op("(...)->(...)", name=name, **options)(np.exp).vjp(lambda g, out: g * out)


@pytest.fixture
def shelf():
    """A registry to select from."""
    return Registry(
        [
            named("log", tags=("unary",)),
            named("logsumexp", tags=("reduction", "loss")),
            named("softmax", tags=("reduction",)),
            named("softplus", tags=("unary",)),
            named("Huber", tags=("Loss",)),
        ]
    )
