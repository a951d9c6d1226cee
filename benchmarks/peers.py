"""`torch.autograd.gradcheck`, the peer that gradcheck is measured against."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SKIPPED = "skipped (pip install gradcheck[bench])"


def torch_available() -> bool:
    """Whether the peer is installed."""
    return importlib.util.find_spec("torch") is not None


def torch_accepts(function: Callable[..., Any], inputs: Sequence[Any], *, fast: bool) -> bool:
    """Whether torch finds no fault with a gradient, at its default step and tolerances."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(
            torch.autograd.gradcheck(function, tuple(inputs), fast_mode=fast, raise_exception=False)
        )


def leaves(arrays: Sequence[Array]) -> list[Any]:
    """Tensors of copies of arrays, those of floating point with a gradient."""
    import torch

    torch.set_num_threads(1)
    return [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in arrays]


def as_torch_function(
    forward: Callable[..., Array], vjp: Callable[..., Sequence[Array | None]]
) -> Callable[..., Any]:
    """Wrap a NumPy forward and vjp as a function that torch can differentiate.

    Args:
        forward: `forward(*arrays)`.
        vjp: `vjp(g, *arrays)`, one gradient per array, None for one that has none.
    """
    import torch

    class Wrapped(torch.autograd.Function):  # type: ignore[misc, unused-ignore]
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            arrays = [tensor.detach().numpy() for tensor in tensors]
            ctx.arrays = arrays
            return torch.from_numpy(np.array(forward(*arrays), dtype=np.float64))

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            gradients = vjp(cotangents[0].numpy(), *ctx.arrays)
            return tuple(None if d is None else torch.from_numpy(np.array(d)) for d in gradients)

    apply: Callable[..., Any] = Wrapped.apply
    return apply
