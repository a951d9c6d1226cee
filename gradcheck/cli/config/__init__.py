"""Configuration: what files, the environment and profiles say about a run.

Only the command line reads it. `keys` is the one table of what can be configured; `files`
finds and reads files; `validation` holds them against the table; `layers` puts them on top
of each other and remembers where each value came from; `overrides` applies what is said
about single ops.
"""
