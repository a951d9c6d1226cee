"""Check the form of the code: first lines of docstrings, and numbers that decide something.

    python .ci/form.py [FILE OR FOLDER ...]     by default gradcheck/

- The first line of a docstring is a noun phrase or an imperative of at most twelve words; its
  subject is none of "what", "that which", "it is", "whatever" or "how it is".
- A number that decides something, a constant of a module or class, has a comment behind it or
  right above it that says where it comes from: derived, measured or arbitrary.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 12  # words of a first line
EMPTY_SUBJECTS = re.compile(
    r"(what|that which|it is|it's|whatever|how it is|the one that|those that)\b", re.IGNORECASE
)
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*$")
FEWEST = 3  # words of a reason
# Files whose text is for others: what users begin with, and rooms whose docstrings are labels.
LEFT_OUT = ("cli/templates/", "audit/museum/rooms/")


def main(arguments: list[str]) -> int:
    """Print what is wrong, a line each, and return how it ended."""
    given = [Path(each).resolve() for each in arguments] or [ROOT / "gradcheck"]
    files = [f for path in given for f in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    files = [f for f in files if not any(part in f.as_posix() for part in LEFT_OUT)]
    found = [
        f"{file.relative_to(ROOT)}:{line}: {problem}"
        for file in files
        for line, problem in problems(file.read_text(encoding="utf-8"))
    ]
    print("\n".join([*found, f"{len(found)} problems of form in {len(files)} files"]))
    return 1 if found else 0


def problems(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and problem, in the order of the lines."""
    tree = ast.parse(source)
    lines = source.splitlines()
    yield from sorted([*first_lines(tree), *bare_numbers(tree, lines)])


def first_lines(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings whose first line is too long, or has an empty subject."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = ast.get_docstring(node)
        if text is None:
            continue
        first = text.partition("\n")[0]
        line = node.body[0].lineno
        words = first.split()
        if len(words) > LONGEST:
            yield line, f"{len(words)} words in a first line, of {LONGEST}: {first!r}"
        if EMPTY_SUBJECTS.match(first):
            yield line, f"a first line without a subject: {first!r}"


def bare_numbers(tree: ast.Module, lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the constants that decide something and do not say why."""
    bodies = [tree.body, *(n.body for n in ast.walk(tree) if isinstance(n, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        names = [t.id for t in targets if isinstance(t, ast.Name) and CONSTANT.match(t.id)]
        if names and is_number(value) and not has_reason(node, lines):
            yield node.lineno, f"{names[0]} = {ast.unparse(value)} does not say where it comes from"


def is_number(value: ast.expr) -> bool:
    """Tell whether an expression is made of numbers alone, and not just 0 or 1."""
    numbers = [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
    allowed = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    return all(isinstance(n, allowed) for n in ast.walk(value)) and all(
        isinstance(n, int | float) and not isinstance(n, bool) for n in numbers
    )


def has_reason(node: ast.stmt, lines: list[str]) -> bool:
    """Tell whether a comment of some words stands behind a statement or right above it."""
    behind = lines[node.end_lineno - 1 if node.end_lineno else 0].partition("  # ")[2]
    above = lines[node.lineno - 2].strip() if node.lineno > 1 else ""
    texts = (behind, above[1:] if above.startswith("#") else "")
    return any(len(text.split()) >= FEWEST for text in texts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
