"""Calls of an op: inputs, params, cotangents."""
