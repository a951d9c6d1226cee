"""Check that a wheel brings the package `gradcheck`, all of it, and nothing else."""

import sys
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent


def expected() -> set[str]:
    """The files of the checkout that belong into the wheel."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "gradcheck").rglob("*.py")}
    ops = {f"gradcheck/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "ops").glob("*.py")}
    configs = {f"gradcheck/{p.relative_to(ROOT).as_posix()}" for p in _shipped("configs")}
    package = ROOT / "gradcheck"
    folders = (package / "reports" / "html" / "static", package / "cli" / "templates")
    data = {path.relative_to(ROOT).as_posix() for each in folders for path in each.iterdir()}
    data |= {"gradcheck/reports/text/glossary.toml"}
    return modules | ops | configs | data | {"gradcheck/py.typed"}


def _shipped(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).iterdir() if path.suffix in (".py", ".toml")]


def main(wheel: str) -> int:
    """Return 1 and say why if the wheel holds too much or too little."""
    names = set(zipfile.ZipFile(wheel).namelist())
    top = {PurePosixPath(name).parts[0] for name in names}
    extra = {part for part in top if part != "gradcheck" and not part.endswith(".dist-info")}
    missing = expected() - names
    if extra or missing:
        print(f"unexpected at the top level: {sorted(extra)}; missing: {sorted(missing)}")
        return 1
    print(f"{len(names)} files, all of them in gradcheck/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
