"""Ops: how they are described, and where they come from."""
