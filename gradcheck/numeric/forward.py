"""The forward at one case, as a map between flat real vectors.

A complex number counts as two real ones, so that everything numeric works on real
vectors: `R^n → R^m`, where n counts the entries of all differentiable inputs (held as
one vector per input, a "part") and m those of all differentiable outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.ndarrays.flat import flat, is_differentiable
from gradcheck.ndarrays.types import Array, Parts, Vector

Retraction = Callable[[Array], Array]


class FlatForward:
    """A forward with its params and its non-differentiable inputs held fixed."""

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Sequence[Array],
        active: Sequence[int],
        params: dict[str, Any],
        retractions: Sequence[Retraction | None] = (),
    ) -> None:
        """Fix everything but the inputs at the places `active`.

        Args:
            function: the forward.
            inputs: all inputs, floating ones in the dtype to compute in.
            active: places of the differentiable inputs.
            params: the forward's params.
            retractions: for each active input what brings it back onto its domain, or None.
        """
        self._function = function
        self._inputs = list(inputs)
        self._params = params
        self.active = tuple(active)
        self.shapes = [self._inputs[i].shape for i in active]
        self._complex = [self._inputs[i].dtype.kind == "c" for i in active]
        self._retractions = tuple(retractions) or (None,) * len(self.active)
        self._anchors: dict[tuple[int, str], tuple[Array, Array]] = {}

    @property
    def takes_complex(self) -> bool:
        """Whether some part stands for complex numbers."""
        return any(self._complex)

    @property
    def base(self) -> Parts:
        """The inputs themselves, as flat vectors."""
        return [flat(self._inputs[i]) for i in self.active]

    def shaped(self, part: int, vector: Vector, lead: tuple[int, ...] = ()) -> Array:
        """Give a flat vector, or a stack of them, its input's shape."""
        if self._complex[part]:
            vector = vector.view(np.result_type(vector.dtype, np.complex64))
        return vector.reshape(lead + self.shapes[part])

    def retracted(self, part: int, vector: Vector) -> Vector:
        """Bring an input that has moved back onto its domain.

        A point in a short dtype, or one that is rounded, lies a little beside its domain. It
        is moved as if it lay on it, and stays beside it by as much.

        Returns:
            The input, or NaN where there is no way back.
        """
        retract = self._retractions[part]
        if retract is None:
            return vector
        start = self._inputs[self.active[part]]
        try:
            onto, beside = self._anchor(part, np.result_type(vector, start))
            return flat(np.asarray(retract(self.shaped(part, vector) + onto) + beside))
        except (np.linalg.LinAlgError, TypeError):  # NumPy has no long double linear algebra
            return np.full_like(vector, np.nan)

    def _anchor(self, part: int, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """The ways of a point onto its domain, and back."""
        key = part, dtype.char
        if key not in self._anchors:
            retract = self._retractions[part]
            assert retract is not None
            start = self._inputs[self.active[part]].astype(dtype)
            onto = retract(start) - start
            self._anchors[key] = onto, start - retract(start + onto)
        return self._anchors[key]

    def __call__(self, parts: Sequence[Vector]) -> Vector | None:
        """Evaluate; None where the forward raises (a step out of its domain).

        The result may share memory with `parts`, or be the same array on every call.
        """
        inputs = list(self._inputs)
        for k, i in enumerate(self.active):
            inputs[i] = (
                self.shaped(k, parts[k]) if self._complex[k] else parts[k].reshape(self.shapes[k])
            )
        return self._evaluate(inputs, ())

    def stacked(self, part: int, rows: Array, pad: int) -> Array | None:
        """Evaluate copies of the point that differ in one part.

        Args:
            part: which part the rows replace.
            rows: K×n matrix, one flat vector per copy.
            pad: how many axes of size 1 go between the copies' axis and the input's own,
                so that it stands before the leading axes of every input.

        Returns:
            K×m matrix, or None if the outputs do not have the copies as first axis.
        """
        inputs = list(self._inputs)
        copies = len(rows)
        inputs[self.active[part]] = self.shaped(part, rows, (copies,) + (1,) * pad)
        out = self._evaluate(inputs, (copies,))
        return None if out is None else out.reshape(copies, -1)

    def _evaluate(self, inputs: list[Array], lead: tuple[int, ...]) -> Vector | None:
        try:
            result = self._function(*inputs, **self._params)
        except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, there is no value at this point
            return None
        if type(result) is np.ndarray and not lead and result.dtype.kind == "f":
            return flat(result)  # nearly always
        outputs = result if isinstance(result, tuple) else (result,)
        vectors = []
        for out in map(np.asarray, outputs):
            if not is_differentiable(out):
                continue
            if out.shape[: len(lead)] != lead:
                return None
            vectors.append(flat(out).reshape(*lead, -1) if lead else flat(out))
        if not vectors:
            return None
        return vectors[0] if len(vectors) == 1 else np.concatenate(vectors, axis=-1)
