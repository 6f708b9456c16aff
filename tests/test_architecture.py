"""The house: imports point to earlier floors only, and nowhere in a circle."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import cvtools

PACKAGE = Path(cvtools.__file__).parent

#: The floors from the ground up, by the first part of a module's name within the package.
FLOORS = (
    {"limits", "model"},
    {
        "errors",
        "expected",
        "i18n",
        "nodes",
        "problems",
        "project",
        "reporters",
        "sandbox",
        "signals",
        "terminal",
        "watchdog",
    },
    {"private_api"},
    {"config"},
    {"reading"},
    {"exporters", "importers", "writing"},
    {"checks"},
    {"build"},
    {"preview"},
    {"cli"},
    {""},
)

#: What must not know of each other, though one stands above the other.
APART = {"checks": {"reading", "writing", "exporters", "importers"}}


def room(module: str) -> str:
    return module.removeprefix("cvtools").removeprefix(".").partition(".")[0]


def floor(module: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports when it runs, within functions too; what is for types alone does not count."""
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    skipped = {inner for block in typing for inner in ast.walk(block)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dependencies(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Each module with the modules of the package that it imports."""
    found: dict[str, set[str]] = {}
    for module, source in sources.items():
        names = set(imported(ast.parse(source)))
        # "from cvtools.model import values" names a module, "from cvtools.nodes import cv_fields" one's content.
        known = {name if name in sources else name.rpartition(".")[0] for name in names}
        found[module] = {name for name in known if name in sources} - {module}
    return found


def faults(sources: Mapping[str, str]) -> list[str]:
    """What breaks the rules, in words."""
    graph = dependencies(sources)
    found = [
        f"{module} imports {other}, which is above it"
        for module, others in graph.items()
        for other in others
        if floor(other) > floor(module)
    ]
    found += [
        f"{module} imports {other}, which it must not know"
        for module, others in graph.items()
        for other in others
        if room(other) in APART.get(room(module), ())
    ]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found.append("circle: " + " imports ".join(reversed(error.args[1])))
    return sorted(found)


def sources() -> dict[str, str]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path.read_text("utf-8")
    return found


def test_imports_point_down() -> None:
    assert faults(sources()) == []


def test_every_module_has_a_floor() -> None:
    assert {room(module) for module in sources()} <= set().union(*FLOORS)


@pytest.mark.parametrize("stranger", ["docutils", "sphinx", "myst_parser"])
def test_the_model_is_plain_python(stranger: str) -> None:
    models = {module: source for module, source in sources().items() if room(module) == "model"}
    assert len(models) > 4
    for source in models.values():
        assert stranger not in {name.partition(".")[0] for name in imported(ast.parse(source))}


def test_nodes_know_the_model_only_as_a_type() -> None:
    tree = ast.parse(sources()["cvtools.nodes"])
    assert {name for name in imported(tree) if name.startswith("cvtools")} == {"cvtools.model.entries.Entry"}
    annotations = [ast.unparse(node.annotation) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "Entry"]
    assert len(uses) == sum("Entry" in annotation for annotation in annotations)


PLAIN = {
    "cvtools": "",
    "cvtools.model": "",
    "cvtools.model.a": "",
    "cvtools.model.b": "",
    "cvtools.reading.c": "",
}


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        (
            "cvtools.model.a",
            "from cvtools.reading import c",
            "cvtools.model.a imports cvtools.reading.c, which is above it",
        ),
        (
            "cvtools.model.a",
            "def f():\n    from cvtools.reading.c import name",
            "cvtools.model.a imports cvtools.reading.c, which is above it",
        ),
        (
            "cvtools.model.a",
            "import cvtools.reading.c",
            "cvtools.model.a imports cvtools.reading.c, which is above it",
        ),
        (
            "cvtools.reading.c",
            "from cvtools import name",
            "cvtools.reading.c imports cvtools, which is above it",
        ),
        (
            "cvtools.checks.d",
            "from cvtools.reading.c import name",
            "cvtools.checks.d imports cvtools.reading.c, which it must not know",
        ),
    ],
)
def test_a_fault_is_found(module: str, source: str, fault: str) -> None:
    assert faults(PLAIN | {module: source}) == [fault]


def test_a_circle_is_found() -> None:
    bad = {
        "cvtools.model.a": "from cvtools.model import b",
        "cvtools.model.b": "from cvtools.model.a import name",
    }
    (fault,) = faults(PLAIN | bad)
    assert fault.startswith("circle: ")
    assert "cvtools.model.a imports cvtools.model.b" in fault


def test_what_is_for_types_alone_counts_not() -> None:
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cvtools.reading import c\n"
    assert faults(PLAIN | {"cvtools.model.a": typed}) == []


def test_a_relative_import_is_refused() -> None:
    with pytest.raises(AssertionError, match="imports are absolute"):
        faults(PLAIN | {"cvtools.model.a": "from . import b"})
