"""A call of an op as conditions see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.types import Array
from gradcheck.spec.domains import Domain
from gradcheck.spec.signature import Signature

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ShapeView:
    """The shapes of a call; equal ones show the same.

    Attributes:
        names: of the inputs.
        shapes: theirs.
        sizes: the signature's sizes, where they are known; None for one that is missing.
        signature: of the op, where it has one.
    """

    names: tuple[str, ...]
    shapes: tuple[Shape, ...]
    sizes: tuple[tuple[str, int | None], ...] = ()
    signature: Signature | None = None

    @cached_property
    def of(self) -> Mapping[str, Shape]:
        return dict(zip(self.names, self.shapes, strict=True))

    @cached_property
    def size(self) -> Mapping[str, int | None]:
        return dict(self.sizes)

    @cached_property
    def leads(self) -> Mapping[str, Shape]:
        """Leading axes by input; without a signature, all axes."""
        if self.signature is None:
            return self.of
        return {
            name: shape[: len(shape) - sum(d.name not in self.missing for d in argument.dims)]
            for name, shape, argument in zip(
                self.names, self.shapes, self.signature.inputs, strict=False
            )
            if argument.leading
        }

    @cached_property
    def missing(self) -> frozenset[str | None]:
        """Optional sizes that are missing; without sizes, those of short inputs."""
        if self.sizes or self.signature is None:
            return frozenset(name for name, size in self.sizes if size is None)
        return frozenset(
            dim.name
            for argument, shape in zip(self.signature.inputs, self.shapes, strict=False)
            for dim in argument.dims
            if dim.optional and len(shape) < len(argument.dims)
        )

    @cached_property
    def whole(self) -> Shape | None:
        """The leading axes together; None where they do not broadcast."""
        try:
            return np.broadcast_shapes(*self.leads.values())
        except ValueError:
            return None  # without a signature, shapes need not have anything to do with each other

    def is_broadcast(self, name: str) -> bool:
        """Whether an input is repeated along some leading axis."""
        return self.signature is not None and self.leads.get(name, self.whole) != self.whole


@dataclass(frozen=True, kw_only=True)
class CallView:
    """One call of an op.

    Attributes:
        shapes: of its inputs.
        inputs: by name.
        params: the static options.
        defaults: of those params that have one.
        cotangents: those that have entries.
        outputs: what the forward returned, where it is known.
        active: names of the inputs with a gradient, where they are known.
        case: the case that is called, where there is one.
    """

    shapes: ShapeView
    inputs: Mapping[str, Array] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    cotangents: tuple[Array, ...] = ()
    outputs: tuple[Array, ...] = ()
    active: tuple[str, ...] = ()
    case: Case | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        signature: Signature | None = None,
        cotangents: Iterable[Array | None] = (),
        defaults: Mapping[str, Any] | None = None,
    ) -> CallView:
        """View the call that a case stands for."""
        shapes = tuple(x.shape for x in case.inputs)
        return cls(
            shapes=ShapeView(case.names, shapes, tuple(case.sizes.items()), signature),
            inputs=dict(zip(case.names, case.inputs, strict=True)),
            params=case.params,
            defaults=defaults or {},
            cotangents=tuple(g for g in cotangents if g is not None and g.size),
            case=case,
        )

    @cached_property
    def arrays(self) -> Mapping[str, Array]:
        """Inputs, and params that are arrays, by name."""
        params = {k: v for k, v in self.params.items() if isinstance(v, np.ndarray)}
        return {**self.inputs, **params}

    @cached_property
    def floating(self) -> Sequence[str]:
        """Names of the arrays that hold floating or complex numbers."""
        return [name for name, x in self.arrays.items() if is_floating(x.dtype)]

    def domain(self, name: str) -> Domain | None:
        """The domain of an input, where it is known."""
        domains = self.case.domains if self.case is not None else ()
        return dict(zip(self.inputs, domains, strict=False)).get(name)

    @cached_property
    def in_order(self) -> bool:
        """Whether the op sees its inputs in C order."""
        case = self.case
        if case is None or case.layout == "C":
            return True
        return all(np.asarray(x).flags.c_contiguous for x in case.arranged())

    @cached_property
    def layout(self) -> str:
        """The layout of the case, if some input shows it; else C."""
        if self.case is None:
            return "C"
        layout = self.case.layout
        scalar = layout == "scalar" and any(x.ndim == 0 for x in self.inputs.values())
        return layout if not self.in_order or scalar or layout == "read-only" else "C"
