"""Configuration of a run by files, environment and profiles.

Only the command line reads it. `keys` is the table of all keys; `config_files` finds and reads
files; `key_checks` validates them; `precedence` merges them, each value with its origin;
`op_tables` applies the tables about single ops.
"""
