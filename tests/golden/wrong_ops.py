"""Wrong gradients of the built-in ops, for failures that are stored and replayed."""

import inspect

import numpy as np

import gradcheck as gc

WANTED = 40
_registry = gc.Registry()
_registry.load_builtin()


def _scaled(gradient, factor):
    return None if gradient is None else np.asarray(gradient) * factor


def _spoiled(spec, suffix, factor):
    """Define the op once more, with a gradient that is off by a factor."""
    names = [*spec.inputs, *spec.param_defaults, "out"]

    def rule(g, **values):
        found = spec.apply_vjp(g, values)
        found = found if isinstance(found, tuple) else (found,)
        return tuple(_scaled(each, factor) for each in found)

    rule.__signature__ = inspect.Signature(
        [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in ("g", *names)]
    )
    gc.op(
        str(spec.signature) if spec.signature else None,
        name=f"{spec.name}_{suffix}",
        domains=spec.domains,
        dims=spec.dims,
        params=spec.params,
        cases=spec.cases,
    )(spec.forward).vjp(rule)


_made = 0
for _suffix, _factor in (("times_1_5", 1.5), ("negative", -1.0)):
    for _spec in _registry:
        if _made < WANTED and not _spec.variadic:
            _spoiled(_spec, _suffix, _factor)
            _made += 1
