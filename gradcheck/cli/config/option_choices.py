"""Names that options and files may give; imported for --help."""

PROFILES = ("quick", "default", "ci", "thorough")
"""The shipped profiles: `configs/NAME.toml`."""
DTYPES = ("float64", "float32", "float16", "bfloat16", "complex128", "complex64")
FORMATS = ("table", "concise", "json", "github")
"""Of `gradcheck run`."""
COLORS = ("auto", "always", "never")
HAZARDS = ("note", "fail")
SORTS = ("name", "margin", "time")
