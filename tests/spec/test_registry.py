"""Ops are loaded from modules, known by name, and selected."""

import importlib
import sys
import textwrap

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.errors import LoadError, SelectionError, SpecError
from gradcheck.spec.registry import Registry

OP = """
import numpy as np
import gradcheck as gc


@gc.op("(...)->(...)")
def {name}(x):
    return 2 * x


@{name}.vjp
def _(g):
    return 2 * g
"""


DOUBLE = OP.format(name="double")


@pytest.fixture(autouse=True)
def own_directory(own_modules, tmp_path, monkeypatch):
    """Work in an empty directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path):
    def write_file(name, text=DOUBLE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


def named(name, **given):
    return gc.op("(...)->(...)", name=name, **given)(np.exp).vjp(lambda g, out: g * out)


def names(specs):
    return [spec.name for spec in specs]


def said_by(error, call, *arguments, **keywords):
    with pytest.raises(error) as caught:
        call(*arguments, **keywords)
    return str(caught.value)


# --- holding ops


def test_a_registry_keeps_the_order():
    ops = Registry([named("b"), named("a")])
    assert names(ops) == ["b", "a"]
    assert len(ops) == 2
    assert "a" in ops
    assert "c" not in ops
    assert ops.get("a").name == "a"
    assert repr(ops) == "Registry(b, a)"


def test_adding_the_same_op_twice_is_no_clash():
    spec = named("a")
    ops = Registry([spec])
    assert ops.add(spec) is spec
    assert len(ops) == 1


def test_ops_without_a_gradient_are_refused():
    spec = gc.op("(...)->(...)", name="bare")(np.exp)
    assert said_by(SpecError, Registry().add, spec) == (
        f"op 'bare' ({spec.location}) has no gradient: add one with @bare.vjp or @bare.derivative."
    )


def test_only_ops_are_held():
    assert said_by(SpecError, Registry().add, 3) == "A registry holds ops made by gc.op; got 3."


def test_two_ops_of_one_name():
    first, second = named("a"), gc.op(name="a")(lambda x: x).vjp(lambda g: g)
    ops = Registry([first])
    assert said_by(SpecError, ops.add, second) == (
        f"Two ops are called 'a': {first.location} and {second.location}. "
        "Rename one, or give it name='...'."
    )
    assert ops.get("a") is first


def test_an_unknown_name():
    ops = Registry([named("matmul"), named("exp")])
    assert said_by(SelectionError, ops.get, "matmull") == (
        "There is no op 'matmull'. Did you mean 'matmul'? 'gradcheck list' shows all 2."
    )
    assert said_by(SelectionError, ops.get, "zzz") == (
        "There is no op 'zzz'. 'gradcheck list' shows all 2."
    )


# --- loading modules


def test_load_by_path(write):
    ops = Registry()
    (spec,) = ops.load(write("my_ops.py"))
    assert names(ops) == ["double"]
    assert spec(2.0) == 4.0
    assert spec.location.file == str(write("my_ops.py"))


def test_load_by_relative_path(write):
    write("folder/my_ops.py")
    assert names(Registry().load("folder/my_ops.py")) == ["double"]
    assert names(Registry().load("./folder/my_ops.py")) == ["double"]


def test_load_by_dotted_name_from_here(write):
    write("my_package/__init__.py", "")
    write("my_package/ops.py")
    assert names(Registry().load("my_package.ops")) == ["double"]


def test_load_by_dotted_name_from_the_path(write, tmp_path, monkeypatch):
    write("elsewhere/my_ops.py")
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    assert names(Registry().load("my_ops")) == ["double"]


def test_a_module_is_imported_with_its_neighbours(write):
    write("rules.py", "def rule(g):\n    return g\n")
    write("folder/neighbour.py", "def rule(g):\n    return 2 * g\n")
    path = write(
        "folder/my_ops.py",
        """
        import gradcheck as gc
        from neighbour import rule

        gc.op(name="double")(lambda x: 2 * x).vjp(rule)
        """,
    )
    assert names(Registry().load(path)) == ["double"]


def test_a_package_brings_the_ops_of_its_modules(write):
    write("my_package/__init__.py", "from . import first, second\n")
    write("my_package/first.py", OP.format(name="one"))
    write("my_package/second.py", OP.format(name="two"))
    assert names(Registry().load("my_package")) == ["one", "two"]


def test_loading_leaves_the_path_alone(write):
    write("my_ops.py")
    write("broken.py", "1 / 0\n")
    before = list(sys.path)
    Registry().load("my_ops.py")
    for module in ("broken.py", "broken", "nowhere"):
        with pytest.raises(LoadError):
            Registry().load(module)
    assert sys.path == before


def test_loading_twice_gives_the_same_ops(write):
    path = write("my_ops.py")
    ops = Registry()
    first = ops.load(path)
    assert ops.load(path) == first
    assert ops.load("my_ops.py") == first
    assert Registry().load(path) == first
    assert len(ops) == 1


def test_a_module_that_was_imported_before(write, tmp_path, monkeypatch):
    write("my_ops.py")
    monkeypatch.syspath_prepend(tmp_path)
    double = importlib.import_module("my_ops").double
    assert Registry().load("my_ops") == [double]
    assert Registry().load("my_ops.py") == [double]


def test_a_module_that_collects_ops_of_others(write):
    write("rules.py")
    write("again.py", "from rules import double\n")
    ops = Registry()
    ops.load("rules")
    assert names(ops.load("again")) == ["double"]
    assert len(ops) == 1


def test_two_files_of_one_name(write):
    first = write("a/my_ops.py", OP.format(name="one"))
    second = write("b/my_ops.py", OP.format(name="two"))
    ops = Registry()
    ops.load(first)
    ops.load(second)
    assert names(ops) == ["one", "two"]


def test_a_file_named_like_a_module_that_is_in_use(write):
    path = write("textwrap.py")
    assert names(Registry().load(path)) == ["double"]
    assert sys.modules["textwrap"] is textwrap


def test_a_file_named_like_a_module_that_is_not_in_use_yet(write, monkeypatch):
    path = write("colorsys.py")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert names(Registry().load(path)) == ["double"]
    import colorsys

    assert hasattr(colorsys, "rgb_to_hsv")


def test_a_load_that_clashes_adds_nothing(write):
    path = write("both.py", OP.format(name="one") + OP.format(name="double"))
    ops = Registry()
    ops.load(write("double_first.py"))
    with pytest.raises(SpecError):
        ops.load(path)
    assert names(ops) == ["double"]


def test_one_file_by_two_names(write):
    path = write("my_package/my_rules.py")
    write("my_package/__init__.py", "")
    ops = Registry()
    ops.load("my_package.my_rules")
    assert said_by(SpecError, ops.load, path) == (
        f"'my_rules' is the same file as 'my_package.my_rules', imported twice ({path}); "
        "name it one way only."
    )


def test_two_modules_with_an_op_of_one_name(write):
    first, second = write("first.py"), write("second.py")
    ops = Registry()
    ops.load(first)
    assert said_by(SpecError, ops.load, second) == (
        f"Two ops are called 'double': {first}:6 and {second}:6. Rename one, or give it name='...'."
    )


# --- modules that cannot be loaded


def test_a_missing_file(write):
    write("my_ops.py")
    assert said_by(LoadError, Registry().load, "my_opps.py") == (
        "There is no file my_opps.py. Did you mean 'my_ops.py'?"
    )
    assert said_by(LoadError, Registry().load, "nowhere/x.py") == "There is no file nowhere/x.py."


def test_a_missing_module(write, tmp_path):
    assert said_by(LoadError, Registry().load, "nowhere.ops") == (
        f"There is no module 'nowhere.ops' (looked in {tmp_path} and in the installed packages)."
    )
    write("my_ops.py")
    (tmp_path / "folder").mkdir()
    assert said_by(LoadError, Registry().load, "folder.my_ops").startswith(
        "There is no module 'folder.my_ops' "
    )


def test_a_module_that_is_not_python(write):
    path = write("folder/my_ops.txt")
    assert said_by(LoadError, Registry().load, str(path)) == (
        f"{path} cannot be imported; a module of ops is a Python file."
    )


FAILING = [
    ("import gradcheck\n\n1 / 0\n", 3, "ZeroDivisionError: division by zero"),
    (
        "import os\nimport nowhere_to_be_found\n",
        2,
        "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    ),
    ("def f():\n    raise KeyError('a')\n\nf()\n", 2, "KeyError: 'a'"),
    ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
    ("import numpy as np\nnp.zeros(-1)\n", 2, "ValueError: negative dimensions are not allowed"),
]


@pytest.mark.parametrize(("text", "line", "error"), FAILING)
def test_a_failing_module_is_told_with_its_own_line(write, text, line, error):
    path = write("my_ops.py", text)
    assert said_by(LoadError, Registry().load, "my_ops.py") == (
        f"Importing my_ops.py failed: {path}:{line}: {error}"
    )
    assert said_by(LoadError, Registry().load, "my_ops") == (
        f"Importing my_ops failed: {path}:{line}: {error}"
    )


def test_a_module_that_is_no_python(write):
    path = write("my_ops.py", "import os\nx = = 1\n")
    said = said_by(LoadError, Registry().load, path)
    assert said == (
        f"Importing {path} failed: {path}:2: SyntaxError: invalid syntax (my_ops.py, line 2)"
    )


def test_a_missing_part_of_a_package(write):
    path = write("my_package/__init__.py", "from . import missing\n")
    said = said_by(LoadError, Registry().load, "my_package")
    assert said.startswith(f"Importing my_package failed: {path}:1: ImportError: ")


def test_a_module_without_ops(write):
    write("my_ops.py", "x = 1\n")
    assert said_by(LoadError, Registry().load, "my_ops.py") == (
        "my_ops.py defines no op. An op is made by @gradcheck.op(...) and given its gradient by "
        "@NAME.vjp."
    )


def test_a_module_with_an_op_that_does_not_fit_together(write):
    path = write("my_ops.py", 'import gradcheck as gc\n\ngc.op("n")(lambda x: x)\n')
    assert said_by(SpecError, Registry().load, "my_ops.py").startswith(
        f"{path}:3: An op at {path}:3 needs a name"
    )


def test_a_module_with_an_op_without_a_gradient(write):
    path = write("my_ops.py", 'import gradcheck as gc\n\ngc.op(name="bare")(lambda x: x)\n')
    assert said_by(SpecError, Registry().load, "my_ops.py") == (
        f"op 'bare' ({path}:3) has no gradient: add one with @bare.vjp or @bare.derivative."
    )


def test_what_a_failing_module_defined_is_forgotten(write):
    write("broken.py", OP.format(name="lost") + "\n1 / 0\n")
    with pytest.raises(LoadError):
        Registry().load("broken.py")
    assert "broken" not in sys.modules
    write("my_ops.py")
    assert names(Registry().load("my_ops.py")) == ["double"]


def test_a_module_that_was_repaired(write):
    write("my_ops.py", "1 / 0\n")
    with pytest.raises(LoadError):
        Registry().load("my_ops.py")
    write("my_ops.py")
    assert names(Registry().load("my_ops.py")) == ["double"]


# --- the built-in catalogue


def test_the_builtin_catalogue():
    ops = Registry()
    ops.load_builtin()
    assert {"matmul", "exp", "add", "sum", "softmax", "conv2d", "layer_norm"} <= set(names(ops))
    assert all(spec.complete and spec.tags and spec.summary for spec in ops)
    assert all(spec.module.startswith("gradcheck.ops.") for spec in ops)


def test_loading_the_catalogue_twice_changes_nothing():
    ops = Registry()
    ops.load_builtin()
    before = list(ops)
    ops.load_builtin()
    ops.load("gradcheck.ops")
    assert list(ops) == before


# --- selection


@pytest.fixture
def shelf():
    return Registry(
        [
            named("log", tags=("unary",)),
            named("logsumexp", tags=("reduction", "loss")),
            named("softmax", tags=("reduction",)),
            named("softplus", tags=("unary",)),
            named("Huber", tags=("Loss",)),
        ]
    )


EVERYTHING = ["log", "logsumexp", "softmax", "softplus", "Huber"]
SELECTIONS = [
    ({}, EVERYTHING),
    ({"patterns": ["log"]}, ["log"]),
    ({"patterns": ["log*"]}, ["log", "logsumexp"]),
    ({"patterns": ["softplus", "log"]}, ["log", "softplus"]),
    ({"patterns": ["soft???"]}, ["softmax"]),
    ({"patterns": ["[sH]*"]}, ["softmax", "softplus", "Huber"]),
    ({"patterns": ["*"], "exclude": ["log*"]}, ["softmax", "softplus", "Huber"]),
    ({"exclude": ["*"]}, []),
    ({"tags": ["unary"]}, ["log", "softplus"]),
    ({"tags": ["unary", "loss"]}, ["log", "logsumexp", "softplus"]),
    ({"tags": ["reduction"], "patterns": ["soft*"]}, ["softmax"]),
    ({"keyword": " "}, EVERYTHING),
    ({"keyword": "soft"}, ["softmax", "softplus"]),
    ({"keyword": "SOFT"}, ["softmax", "softplus"]),
    ({"keyword": "loss"}, ["logsumexp", "Huber"]),
    ({"keyword": "soft or log"}, ["log", "logsumexp", "softmax", "softplus"]),
    ({"keyword": "soft and not reduction"}, ["softplus"]),
    ({"keyword": "not (soft or log)"}, ["Huber"]),
    ({"keyword": "(soft or log) and not loss"}, ["log", "softmax", "softplus"]),
    ({"keyword": "not not log"}, ["log", "logsumexp"]),
    ({"keyword": "nothing_like_it"}, []),
]


@pytest.mark.parametrize(("what", "selected"), SELECTIONS, ids=[str(w) for w, _ in SELECTIONS])
def test_select(shelf, what, selected):
    assert names(shelf.select(**what)) == selected


NO_SELECTION = [
    (
        {"patterns": ["sofmax"]},
        "There is no op 'sofmax'. Did you mean 'softmax'? 'gradcheck list' shows all 5.",
    ),
    ({"patterns": ["log", "x*"]}, "No op fits 'x*'; 'gradcheck list' shows all 5."),
    ({"patterns": ["LOG"]}, "There is no op 'LOG'. 'gradcheck list' shows all 5."),
    (
        {"exclude": ["logs"]},
        "There is no op 'logs'. Did you mean 'log'? 'gradcheck list' shows all 5.",
    ),
    ({"exclude": ["?"]}, "No op fits '?'; 'gradcheck list' shows all 5."),
    (
        {"tags": ["reductions"]},
        "No op has the tag 'reductions'; known are Loss, loss, reduction and unary. Did you mean "
        "'reduction'?",
    ),
    ({"tags": ["zzz"]}, "No op has the tag 'zzz'; known are Loss, loss, reduction and unary."),
]


@pytest.mark.parametrize(("what", "said"), NO_SELECTION)
def test_selections_that_fit_nothing(shelf, what, said):
    assert said_by(SelectionError, shelf.select, **what) == said


def test_a_tag_where_no_op_has_one():
    said = said_by(SelectionError, Registry([named("a")]).select, tags=["x"])
    assert said == "No op has the tag 'x'; known are nothing."


MALFORMED = [
    "and",
    "not",
    "soft and",
    "soft log",
    "soft (log)",
    "(soft) (log)",
    "soft()",
    "()",
    "(soft",
    "soft)",
    "not or soft",
    "__import__('os')",
    "exec(open('x'))",
]


@pytest.mark.parametrize("keyword", MALFORMED)
def test_malformed_keyword_expressions(shelf, keyword):
    assert said_by(SelectionError, shelf.select, keyword=keyword) == (
        f"-k {keyword!r} is not an expression; write words with 'and', 'or', 'not' and "
        "parentheses, as in 'soft and not loss'."
    )


@pytest.mark.parametrize(
    "keyword",
    [
        "__import__",
        "fits",
        "'+spec+'",
        '"or"True',
        "\\",
        "True",
        "1",
        "x:=1",
        "lambda:0",
        "[spec.forward]",
        "{1}",
        "#",
    ],
)
def test_a_keyword_is_text_and_never_code(shelf, keyword):
    assert shelf.select(keyword=keyword) == []
