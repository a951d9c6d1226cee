"""Check that a wheel brings the package `gradcheck` and nothing else."""

import sys
import zipfile
from pathlib import PurePosixPath

EXPECTED = (
    "gradcheck/py.typed",
    "gradcheck/__main__.py",
    "gradcheck/cli/main.py",
    "gradcheck/reports/table.py",
    "gradcheck/ops/linalg.py",
)


def main(wheel: str) -> int:
    """Return 1 and say why if the wheel holds too much or too little."""
    names = zipfile.ZipFile(wheel).namelist()
    top = {PurePosixPath(name).parts[0] for name in names}
    extra = {part for part in top if part != "gradcheck" and not part.endswith(".dist-info")}
    missing = [name for name in EXPECTED if name not in names]
    if extra or missing:
        print(f"unexpected at the top level: {sorted(extra)}; missing: {missing}")
        return 1
    print(f"{len(names)} files, all of them in gradcheck/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
