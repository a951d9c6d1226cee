"""Specs, built from the parts that a user gives."""

from __future__ import annotations

import inspect
from types import MappingProxyType

from gradcheck.errors import SpecError
from gradcheck.spec.binding import Bound, Location, bind, location_of
from gradcheck.spec.options import Function, SpecOptions
from gradcheck.spec.parameters import Parameters, split_parameters
from gradcheck.spec.signature import Signature, parse_signature
from gradcheck.spec.spec import OpSpec
from gradcheck.spec.validation import check_spec


def build_spec(
    forward: Function,
    notation: str | None,
    name: str | None,
    options: SpecOptions,
    *,
    where: Location,
    module: str,
) -> OpSpec:
    """Fit the parts of a spec together.

    Raises:
        SpecError: if they do not fit.
    """
    if notation is not None and not isinstance(notation, str):
        raise SpecError(f"A signature is a string such as '(...,n)->(...)'; got {notation!r}.")
    op_name = name or getattr(forward, "__name__", "")
    if not op_name or op_name == "<lambda>":
        raise SpecError(f"An op at {where} needs a name: pass name='...'.")
    signature = None if notation is None else parse_signature(notation)
    parameters = split_parameters(forward, op_name, signature, options)
    assume = _bound_assume(op_name, signature, parameters, options)
    spec = OpSpec(
        name=op_name,
        forward=forward,
        signature=signature,
        inputs=parameters.inputs,
        variadic=parameters.variadic,
        param_defaults=MappingProxyType(parameters.defaults),
        doc=inspect.cleandoc(getattr(forward, "__doc__", None) or ""),
        location=location_of(forward) or where,
        module=module,
        **(options.as_keywords() | {"assume": assume}),
    )
    check_spec(spec)
    return spec


def _bound_assume(
    name: str, signature: Signature | None, parameters: Parameters, options: SpecOptions
) -> Bound | None:
    if options.assume is None:
        return None
    sizes = signature.input_names if signature and options.cases is None else ()
    known = (*parameters.inputs, *parameters.defaults, *sizes)
    return bind(options.assume, known, what=f"assume of {name!r}")
