"""Write down what gradcheck says, to see whether a change of the code changed any of it.

    python tests/golden/make.py DIR              all of it, bit for bit, in about five minutes
    python tests/golden/make.py DIR --small      a few ops, as tests/golden/small has them
    python tests/golden/make.py DIR --compare    compare them with tests/golden/small

Everything comes from the command line, as a user sees it, in files that can be compared by
`diff -r`. Times, places in files and versions are left out: they are no results. Of the small
folder, which is compared on any machine, last digits are left out too: they are the machine's.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMMANDS = (  # noqa: SIM905
    "run list show explain audit museum replay pin plot compare merge init config info completion"
).split()
AUDITED = ["exp", "matmul", "softmax", "layer_norm", "max", "take", "conv2d", "logsumexp"]
SMALL = ["exp", "matmul", "softmax", "max", "take"]
NO_RESULTS = {
    "seconds", "started", "environment", "location", "traceback", "found", "fingerprint", "version"
}  # fmt: skip


# Counts and numbers that a last digit can change.
OF_THE_MACHINE = {
    "margin", "relative_error", "escape", "calls", "probes", "where", "worst", "curve", "case",
    "message", "besides", "reason",
}  # fmt: skip
SMALL_FOLDER = HERE / "small"
VERSIONS = "versions.txt"


def gradcheck(*arguments: str, cwd: Path) -> str:
    """Run a command and return what it prints on either stream."""
    env = dict(os.environ, COLUMNS="200", NO_COLOR="1", PYTHONPATH=str(ROOT), PYTHONHASHSEED="0")
    for name in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR"):
        env.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", *arguments],
        cwd=cwd, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}exit {done.returncode}\n"


def without_places(text: str) -> str:
    """Leave times and places out of what was printed."""
    text = re.sub(r"\S*/(\w+\.py)(:\d+)?", r"\1", text)
    text = re.sub(r"\b(in )?\d+(\.\d+)? (ms|s|min)\b", "TIME", text)
    text = re.sub(r"(?<=\S) {2,}", "  ", text)  # columns are as wide as the times in them
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def results_of(printed: str, small: bool) -> str:
    """The results of a JSON report, a line per op."""
    try:
        document, _ = json.JSONDecoder().raw_decode(printed)  # notes follow
    except json.JSONDecodeError:
        raise SystemExit(f"no JSON report: {printed}") from None
    results = [bare(result) for result in document["results"]]
    return as_lines([without_digits(result) for result in results] if small else results)


def as_lines(values: list[Any]) -> str:
    """JSON, a line per value."""
    return "".join(f"{json.dumps(value)}\n" for value in values)


def bare(value: Any) -> Any:
    """The same without times and places."""
    if isinstance(value, dict):
        kept = {key: bare(each) for key, each in value.items() if key not in NO_RESULTS}
        return {key: sorted(each) if key == "anywhere" else each for key, each in kept.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return value


def without_digits(value: Any) -> Any:
    """The same without numbers that depend on the last digits of the machine's arithmetic."""
    if isinstance(value, dict):
        return {k: without_digits(v) for k, v in value.items() if k not in OF_THE_MACHINE}
    return value


def jobs(small: bool) -> dict[str, tuple[str, ...]]:
    """What is run, by the name of the file that it goes to."""
    common = ("--format", "json", "--no-database")
    ops = SMALL if small else []
    cases = ("-n", "25" if small else "100")
    made = {
        f"catalogue-{dtype}-{seed}.jsonl": (
            "run", *ops, *common, *cases, "--seed", str(seed), "--dtype", dtype,
            *([] if small else ["--coverage"]),
        )
        for dtype in (["float64"] if small else ["float64", "float32", "complex128"])
        for seed in ([0] if small else [0, 1])
    }  # fmt: skip
    audited = SMALL[:1] if small else AUDITED
    made["audit.txt"] = ("audit", *audited, "-v", "-n", "20", "--format", "concise")
    for name in [] if small else museum():
        made[f"museum/{name}.txt"] = ("museum", name)
    return made


def museum() -> list[str]:
    """The ids of all exhibits."""
    listed = gradcheck("museum", "--format", "concise", cwd=ROOT)
    return re.findall(r"^([A-Z]\d\d)\b", listed, re.MULTILINE)


def write(folder: Path, name: str, arguments: tuple[str, ...], small: bool) -> None:
    """Run one command and write its results."""
    with tempfile.TemporaryDirectory() as empty:
        printed = gradcheck(*arguments, cwd=Path(empty))
    text = results_of(printed, small) if name.endswith(".jsonl") else without_places(printed)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_replayed(folder: Path, small: bool) -> None:
    """Store failures, and replay them."""
    ops = ["exp_*", "matmul_*"] if small else []
    with tempfile.TemporaryDirectory() as empty:
        project = Path(empty)
        shutil.copy(HERE / "wrong_ops.py", project)
        gradcheck("run", *ops, "--ops", "wrong_ops.py", "-n", "20", cwd=project)
        stored = sorted(project.glob(".gradcheck/failures/*.json"))
        failures = [bare(json.loads(path.read_text(encoding="utf-8"))) for path in stored]
        failures.sort(key=lambda failure: failure["op"])
        replayed = [without_places(gradcheck("replay", path.stem, cwd=project)) for path in stored]
    if small:
        failures = [without_digits(failure["result"]) for failure in failures]
        replayed = [f"{text.partition('  ')[0]}\n" for text in replayed]  # without ids
    (folder / "failures.jsonl").write_text(as_lines(failures), encoding="utf-8")
    (folder / "replayed.txt").write_text("\n".join(sorted(replayed)), encoding="utf-8")


def write_face(folder: Path) -> None:
    """Write the public names and the help pages."""
    names = subprocess.run(
        [sys.executable, "-c", "import gradcheck; print('\\n'.join(gradcheck.__all__))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (folder / "public_names.txt").write_text(names, encoding="utf-8")
    pages = [gradcheck(*command, "--help", cwd=ROOT) for command in ([], *([c] for c in COMMANDS))]
    (folder / "help.txt").write_text("\n".join(pages), encoding="utf-8")


def versions() -> str:
    """What draws and numbers depend on besides the code."""
    found = {name: version(name) for name in ("numpy", "hypothesis")}
    return f"python {sys.version_info.major}.{sys.version_info.minor} {found}\n"


def make(folder: Path, small: bool) -> None:
    """Write all files anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / VERSIONS).write_text(versions(), encoding="utf-8")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = [pool.submit(write, folder, *job, small) for job in jobs(small).items()]
        done.append(pool.submit(write_replayed, folder, small))
        done.append(pool.submit(write_face, folder))
    for each in done:
        each.result()


def compare(folder: Path) -> int:
    """Make the small folder anew, and return 1 if it differs from the one that is kept."""
    make(folder, small=True)
    kept, here = ((each / VERSIONS).read_text(encoding="utf-8") for each in (SMALL_FOLDER, folder))
    if kept != here:
        print(f"Not compared: tests/golden/small was made with {kept.strip()}, not {here.strip()}.")
        return 0
    done = subprocess.run(["diff", "-r", SMALL_FOLDER, folder], check=False)
    if done.returncode:
        print(
            "If every difference is meant: python tests/golden/make.py tests/golden/small --small"
        )
    return done.returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--compare", action="store_true")
    given = parser.parse_args()
    if given.compare:
        sys.exit(compare(given.folder.resolve()))
    make(given.folder.resolve(), given.small)
