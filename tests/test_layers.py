"""The architecture, held by reading the source: who may import whom, how large things may grow, what they are called.

A *station* is a root module or a folder of `src/gesso`. The tables below are the rules; each exception carries its
reason, and an exception that nothing needs any more fails too.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "gesso"

FILE_LINES = 400
FUNCTION_LINES = 40
FOLDER_LEVELS = 3

VOCABULARY = {"settings", "errors"}

MAY_IMPORT: dict[str, set[str]] = {
    # the shared vocabulary, each building on those before it
    "settings": set(),
    "errors": set(),
    "shapes": VOCABULARY,
    "validation": VOCABULARY | {"shapes"},
    "media": VOCABULARY | {"shapes"},
    "tasks": VOCABULARY | {"shapes", "media"},
    "endpoint": VOCABULARY | {"shapes", "validation", "media", "tasks"},
    "catalog": VOCABULARY | {"shapes", "media", "tasks", "endpoint"},
    # what touches the world: the network, the disk
    "egress": VOCABULARY,
    "db": VOCABULARY,
    # the record and the bytes
    "jobs": VOCABULARY | {"shapes", "egress", "db"},
    "blobs": VOCABULARY | {"shapes", "media", "egress", "db"},
    # the work
    "engines": VOCABULARY | {"shapes", "media", "tasks", "endpoint", "blobs", "egress"},
    "runners": VOCABULARY | {"shapes", "media", "tasks", "endpoint", "jobs", "blobs", "engines"},
    # the faces. The server never imports engines or runners: they meet in the job store, so the API starts
    # without any model library and a worker can run on another machine.
    "server": VOCABULARY | {"shapes", "validation", "endpoint", "jobs", "blobs", "db"},
    "studio": VOCABULARY | {"shapes", "endpoint"},
    "client": {"errors"},
    # the wiring
    "cli": {
        *VOCABULARY,
        *("shapes", "validation", "media", "tasks", "endpoint", "catalog", "egress", "db", "jobs", "blobs"),
        *("engines", "runners", "server", "studio", "client"),
    },
    "__main__": {"cli"},
}
"""Station -> the stations it may import. Anything may import the package root, which holds the version alone."""

WIRING: dict[str, set[str]] = {
    "server.app": {"catalog", "egress", "studio"},  # fills the registry and hands the server its parts
    "runners.worker": {"catalog", "db", "egress"},  # the same for a worker, which may be a process of its own
}
"""Modules that may import more than their station, because putting the parts together is their job."""

OUTGOING = {"egress", "client", "cli"}
"""Stations that may hold an HTTP client. `egress` applies the rules for what a server sends to other hosts; the
client and the command line are programs a person runs, and they call Gesso."""
HTTP_CLIENTS = {"aiohttp", "httpx", "httpx2", "requests", "urllib3"}

HEAVY = {"av", "cv2", "ncnn", "numpy", "onnxruntime", "PIL"}
"""Packages of the `sketch` extra: absent from the core install, and too slow to load for a server."""

LONG_FILES: dict[str, tuple[int, str]] = {}
"""File -> (lines it may have, reason). Keep it short."""

LONG_FUNCTIONS: dict[str, tuple[int, str]] = {}
"""`file:function` -> (lines it has, reason). A ratchet: it may shrink, never grow."""

BAG_NAMES = {
    *("common", "core", "helper", "helpers", "manager", "managers", "misc", "service", "services"),
    *("util", "utils"),
}
"""Names that say nothing about what is inside."""


def source_files(*folders: str) -> list[Path]:
    roots = [ROOT / folder for folder in folders]
    return sorted(path for root in roots for path in root.rglob("*.py") if "node_modules" not in path.parts)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def module_of(path: Path) -> str:
    """`src/gesso/server/queue.py` -> `server.queue`; a folder's `__init__` is the folder; the root is ""."""
    parts = list(path.relative_to(SRC).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def station_of(module: str) -> str:
    return module.partition(".")[0]


@cache
def modules() -> dict[str, Path]:
    return {module_of(path): path for path in source_files("src")}


def imported_names(node: ast.AST) -> Iterator[str]:
    """Absolute dotted names that one import statement may bring in; `from a import b` may mean `a.b`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(body: ast.AST, *, top_level: bool) -> Iterator[str]:
    """Every imported name; with `top_level`, only what runs when the module is loaded."""
    for node in ast.iter_child_nodes(body):
        if top_level and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield from imported_names(node)
        yield from imports(node, top_level=top_level)


@cache
def imported(path: Path, *, top_level: bool) -> frozenset[str]:
    return frozenset(imports(tree(path), top_level=top_level))


@cache
def own_imports(path: Path, *, top_level: bool) -> frozenset[str]:
    """Modules of this package that a file imports, as names below `gesso`; "" is the package root."""
    found: set[str] = set()
    for name in imported(path, top_level=top_level):
        if name.partition(".")[0] != "gesso":
            continue
        inner = name.removeprefix("gesso").removeprefix(".")
        while inner not in modules() and inner:
            inner = inner.rpartition(".")[0]
        found.add(inner)
    return frozenset(found)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Qualified name and length of every function: its lines less its docstring's."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", function_length(child)
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from walk(child, f"{prefix}{child.name}." if named else prefix)

    return walk(tree(path), "")


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def strongly_connected(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules that import each other in a circle (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            cut = stack.index(node)
            groups.append(set(stack[cut:]))
            del stack[cut:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return [group for group in groups if len(group) > 1 or any(node in graph[node] for node in group)]


# --- who may import whom ---------------------------------------------------------------------------------


def test_every_station_has_a_rule() -> None:
    stations = {station_of(module) for module in modules()} - {""}
    assert stations <= MAY_IMPORT.keys(), "give the new station a row in MAY_IMPORT, and say so in a decision"


@pytest.mark.parametrize("module", sorted(modules()))
def test_imports_follow_the_layers(module: str) -> None:
    station = station_of(module)
    if station == "":
        allowed: set[str] = set()
    else:
        allowed = MAY_IMPORT[station] | WIRING.get(module, set()) | {station, ""}
    used = {station_of(name) for name in own_imports(modules()[module], top_level=False)}
    assert used <= allowed, f"{module} may not import {sorted(used - allowed)}"


def test_the_rules_themselves_have_no_circle() -> None:
    extra = {station_of(module): targets for module, targets in WIRING.items()}
    graph = {station: targets | extra.get(station, set()) for station, targets in MAY_IMPORT.items()}
    assert strongly_connected(graph) == []


def test_server_and_engines_meet_in_the_job_store_alone() -> None:
    """Follows imports through every module, so that no detour leads from the server to an engine."""
    seen: set[str] = set()
    queue = [module for module in modules() if station_of(module) == "server"]
    while queue:
        module = queue.pop()
        if module not in seen:
            seen.add(module)
            queue.extend(own_imports(modules()[module], top_level=False))
    assert {station_of(module) for module in seen}.isdisjoint({"engines", "runners"})


def test_no_import_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for module, path in modules().items():
        graph[module] = {*own_imports(path, top_level=True)} - {module}
    assert strongly_connected(graph) == []


@pytest.mark.parametrize("module", sorted(modules()))
def test_only_one_place_speaks_to_other_hosts(module: str) -> None:
    if station_of(module) in OUTGOING:
        return
    used = {name.partition(".")[0] for name in imported(modules()[module], top_level=False)}
    assert used.isdisjoint(HTTP_CLIENTS), f"{module} must send through gesso.egress"


@pytest.mark.parametrize("module", sorted(modules()))
def test_heavy_packages_load_only_where_media_is_made(module: str) -> None:
    if station_of(module) == "engines":
        return
    used = {name.partition(".")[0] for name in imported(modules()[module], top_level=True)}
    assert used.isdisjoint(HEAVY), f"{module} must import {sorted(used & HEAVY)} inside the function that needs it"


# --- how large, and what it is called --------------------------------------------------------------------


def test_files_stay_short() -> None:
    lengths = {
        relative(path): len(path.read_text().splitlines())
        for path in source_files("src", "tests", "benchmarks", "scripts")
    }
    limits = {name: LONG_FILES.get(name, (FILE_LINES, ""))[0] for name in lengths}
    assert {name: length for name, length in lengths.items() if length > limits[name]} == {}


def test_functions_stay_short() -> None:
    files = source_files("src", "benchmarks", "scripts")
    lengths = {f"{relative(path)}:{name}": length for path in files for name, length in functions(path)}
    limits = {name: LONG_FUNCTIONS.get(name, (FUNCTION_LINES, ""))[0] for name in lengths}
    assert {name: length for name, length in lengths.items() if length > limits[name]} == {}


def test_exceptions_are_still_needed() -> None:
    files = {relative(path): path for path in source_files("src", "tests", "benchmarks", "scripts")}
    lines = {name: len(path.read_text().splitlines()) for name, path in files.items()}
    named = {name.partition(":")[0] for name in LONG_FUNCTIONS} & files.keys()
    lengths = {f"{name}:{function}": n for name in named for function, n in functions(files[name])}
    stale = [name for name in LONG_FILES if lines.get(name, 0) <= FILE_LINES]
    stale += [name for name, (limit, _) in LONG_FUNCTIONS.items() if lengths.get(name) != limit]
    stale += [name for name in WIRING if name not in modules()]
    assert stale == []


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "scripts"])
def test_names_say_what_is_inside(folder: str) -> None:
    bags = {
        relative(path)
        for path in source_files(folder)
        if BAG_NAMES & {part.removesuffix(".py").removeprefix("test_") for part in path.relative_to(ROOT).parts}
    }
    assert bags == set()


def test_folders_are_not_deep() -> None:
    """Three levels; below an engine a fourth, one folder per task (docs/decisions/0004)."""
    deep = {module for module, path in modules().items() if _levels(path) > FOLDER_LEVELS + ("engines" in path.parts)}
    assert deep == set()


def _levels(path: Path) -> int:
    return len(path.relative_to(SRC.parent).parent.parts)


# --- endpoints are data ----------------------------------------------------------------------------------


def endpoint_ids() -> list[str]:
    """The ids of the contract, from the copy that the tests keep."""
    copies = sorted(path for path in (ROOT / "tests").rglob("endpoints.json") if "node_modules" not in path.parts)
    if len(copies) != 1:
        pytest.fail(f"expected one endpoints.json under tests/, found {len(copies)}")
    return list(json.loads(copies[0].read_text(encoding="utf-8")))


def string_literals(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_each_endpoint_id_stands_once_in_the_catalog() -> None:
    wanted = set(endpoint_ids())
    places: dict[str, list[str]] = {id_: [] for id_ in wanted}
    for module, path in modules().items():
        for literal in string_literals(path):
            if literal in wanted:
                places[literal].append(station_of(module))
    assert {id_: found for id_, found in places.items() if found != ["catalog"]} == {}
