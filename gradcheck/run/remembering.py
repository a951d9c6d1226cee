"""A forward for differences that is called once for equal arguments.

The proof of an entry, the Jacobian of a diagnosis and the curve of the error move the same
entries by the same steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_MOST_BYTES = 2**26  # that are kept; arbitrary: small beside what an op takes for large inputs

Key = tuple[Any, ...]


class Remembering:
    """Calls a forward unless its outputs are known for equal arguments.

    Only for calls that no vjp follows: rules may rely on what their forward left behind.
    """

    def __init__(self, forward: Callable[..., Any]) -> None:
        self._forward = forward
        self._known: dict[Key, tuple[Any, Any]] = {}
        self._bytes = 0

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        key = _key(inputs, params)
        if key in self._known:
            return _copied(self._known[key][0])
        outputs = self._forward(*inputs, **params)
        self._bytes += sum(np.asarray(x).nbytes for x in (*inputs, *_items(outputs)))
        if self._bytes <= _MOST_BYTES:
            # Params are told apart by identity, so they have to stay.
            self._known[key] = _copied(outputs), params
        return outputs

    def forget(self) -> None:
        """Begin anew, for other cases."""
        self._known.clear()
        self._bytes = 0


def _key(inputs: tuple[Any, ...], params: dict[str, Any]) -> Key:
    arrays = [np.asarray(x) for x in inputs]
    kept = [(x.shape, x.dtype.str, x.tobytes()) for x in arrays]
    return (*kept, *((name, id(value)) for name, value in sorted(params.items())))


def _items(outputs: Any) -> tuple[Any, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _copied(outputs: Any) -> Any:
    if isinstance(outputs, tuple):
        return tuple(map(_copied, outputs))
    return outputs.copy() if isinstance(outputs, np.ndarray) else outputs
