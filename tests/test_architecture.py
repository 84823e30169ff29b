"""The import diagram, the owners of third-party libraries, and the size of modules and functions, as tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("qa_service/**/*.py"), *ROOT.glob("eval/**/*.py")])
MAX_LINES = 250
MAX_FUNCTION_LINES = 45

# part -> the parts it may import (every part may import itself)
LAYERS: dict[str, set[str]] = {
    "": {
        *("answering", "answers", "composition", "errors", "options", "records", "settings")
    },  # what a program imports, for types
    "language": set(),
    "records": set(),
    "printed": set(),
    "parent": set(),
    "errors": {"printed"},
    "settings": set(),
    "dates": set(),
    "sources": {"language", "records", "errors", "printed", "parent", "dates"},
    "encoder": {"records", "errors"},
    "indexing": {"language", "records", "errors", "dates", "encoder", "sources"},
    "retrieval": {"language", "records", "errors", "encoder", "sources", "indexing"},
    "options": {"errors", "dates", "indexing"},
    "answers": {"records", "dates", "options", "indexing"},
    "answering": {"answers", "language", "records", "errors", "dates", "options", "indexing", "retrieval"},
    "quotes": set(),
    "watching": set(),
    "verifying": {"records", "errors", "options", "quotes", "indexing", "answering"},
    "composition": {
        "language",
        "records",
        "errors",
        "dates",
        "settings",
        "encoder",
        "sources",
        "indexing",
        "retrieval",
        "answering",
        "databases",
    },
    "postgres": {"language", "records", "errors", "dates", "encoder", "sources", "indexing"},
    "databases": {
        *("errors", "language", "settings", "encoder", "indexing", "postgres", "retrieval", "answering"),
    },
    "database_library": {"errors", "settings", "encoder", "sources", "postgres", "databases", "source_library"},
    "commands": {"options"},
    "cli_database": {"errors", "settings", "sources", "indexing", "composition", "postgres", "databases"},
    "building": {"errors", "settings", "indexing"},
    "source_library": {"records", "errors", "settings", "sources", "indexing", "composition", "building"},
    "starting": {"errors", "settings", "indexing", "composition"},
    "serving": {"errors", "settings", "indexing", "answering", "composition"},
    "api": {
        *("language", "records", "errors", "dates", "options", "settings", "parent", "indexing", "answering"),
        *("composition", "source_library", "database_library", "quotes", "verifying", "serving"),
    },
    "cli": {
        *("records", "errors", "printed", "dates", "options", "settings", "sources", "indexing", "answering"),
        *("composition", "starting", "watching", "serving", "api", "commands", "cli_database"),
    },
    "eval": {
        *(
            "language",
            "records",
            "errors",
            "dates",
            "settings",
            "options",
            "sources",
            "encoder",
            "indexing",
            "retrieval",
            "answering",
            "composition",
            "databases",
            "postgres",
        ),
        "api",
    },
}
# package of `qa_service/api` -> the packages beside it that it may import; what stands at its top is for all of them
API_PACKAGES: dict[str, set[str]] = {
    "models": set(),
    "v1": {"models"},
    "chat": {"models"},
    "mcp": {"models"},
    "pages": {"models", "v1"},  # the upload page keeps sources as `/v1/documents` does
}
API_TOGETHER = {"app", "process", "operations"}  # put the application together; nothing in the API imports them
# room of eval -> the rooms it may import (every room may import itself; __main__ imports all)
ROOMS: dict[str, set[str]] = {
    "metrics": set(),
    "summaries": set(),
    "datasets": set(),
    "quality": {"datasets", "metrics", "summaries"},
    "training": {"datasets", "metrics"},
    "speed": {"datasets", "metrics", "summaries"},
    "workbench": {"datasets", "metrics", "summaries"},
}
# third-party library (or a part of Python we keep in one place) -> the only places that may import it
OWNERS = {
    "fastapi": {"api", "eval.speed.baseline_service", "eval.workbench.judge"},  # a peer by itself; a page for judges
    "starlette": {"api"},
    "jinja2": {"api.html", "eval.workbench.benchmarks", "eval.workbench.report"},
    "mcp": {"api"},
    "prometheus_client": {"api"},
    "limits": {"api"},
    "uvicorn": {"cli", "api.deadlines", "api.workers", "eval.workbench.judge"},
    "faiss": {"indexing.dense", "eval.speed.baseline_service"},
    "bm25s": {"indexing.lexical"},
    "Stemmer": {"indexing.analysis"},
    "spellchecker": {"indexing.spelling", "sources.formats.pdf_words"},
    "onnxruntime": {"encoder"},
    "tokenizers": {"encoder"},
    "onnx": {"encoder.graph"},
    "torch": {
        "encoder.traced",
        "eval.training.adapter",
        "eval.training.student",
        "eval.training.optimise",
        "eval.training.pruning",
        "eval.training.distillation",
    },
    "sentence_transformers": {"encoder.traced", "eval.training.student", "eval.speed.baseline_service"},
    "safetensors": {"encoder.own_weights", "encoder.written", "eval.training.adapter", "eval.training.distillation"},
    "psycopg": {"postgres"},
    "psycopg_pool": {"postgres"},
    "sqlite3": {"indexing.filters", "indexing.store"},
    "ir_measures": {"eval"},
    "pyarrow": {"eval.workbench.nanobeir"},
    "lxml": {"sources.formats.markup"},
    "docx": {"sources.formats.word"},
    "pypdfium2": {"sources.formats.pdf_pages"},
}


def dotted(path: Path) -> str:
    """The module's full name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(path) for path in MODULES}


def imported(path: Path) -> set[str]:
    """Full names of everything a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{dotted(path)} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported_modules(path: Path) -> set[str]:
    """The project's modules among them."""
    names = imported(path)
    return {name if name in NAMES else name.rpartition(".")[0] for name in names} & NAMES


def part_of(module: str) -> str:
    """Its part: `eval`, or the first name within the package."""
    return "eval" if module.partition(".")[0] == "eval" else module.removeprefix("qa_service").strip(".").split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_one_way(path: Path) -> None:
    part = part_of(dotted(path))
    allowed = {"cli"} if part == "__main__" else LAYERS.get(part, set())
    assert part in {*LAYERS, "__main__", ""}, f"{part} is not in the diagram"
    assert {part_of(module) for module in imported_modules(path)} <= allowed | {part, ""}


def inside_api(path: Path) -> tuple[str, set[str]]:
    """Of a module of the API its part, and the other parts of the API it imports: packages, or modules at the top."""
    own = dotted(path).removeprefix("qa_service.api").strip(".").partition(".")[0]
    names = {m.removeprefix("qa_service.api.") for m in imported_modules(path) if m.startswith("qa_service.api.")}
    return own, {name.partition(".")[0] for name in names} - {own}


@pytest.mark.parametrize("path", [p for p in MODULES if dotted(p).startswith("qa_service.api.")], ids=dotted)
def test_imports_within_the_api_point_one_way(path: Path) -> None:
    own, used = inside_api(path)
    if own not in API_TOGETHER:
        assert not used & API_TOGETHER
        assert used & API_PACKAGES.keys() <= API_PACKAGES.get(own, {"models"})
    if own == "models":
        assert not used


@pytest.mark.parametrize("path", [path for path in MODULES if dotted(path).startswith("eval.")], ids=dotted)
def test_the_rooms_of_the_evaluation_import_one_way(path: Path) -> None:
    room = dotted(path).split(".")[1]
    assert room in {*ROOMS, "__main__"}, f"{room} is not in the diagram"
    used = {module.split(".")[1] for module in imported_modules(path) if module.startswith("eval.")}
    assert used <= ROOMS.get(room, set(ROOMS)) | {room}


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_libraries_stay_with_their_owners(path: Path) -> None:
    module = dotted(path).removeprefix("qa_service.")
    for library in {name.partition(".")[0] for name in imported(path)} & OWNERS.keys():
        assert any(f"{module}.".startswith(f"{owner}.") for owner in OWNERS[library]), f"{module} imports {library}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    imports = {dotted(path): imported_modules(path) - {dotted(path)} for path in MODULES}
    while free := {module for module, needed in imports.items() if not needed & imports.keys()}:
        imports = {module: needed for module, needed in imports.items() if module not in free}
    assert not imports


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_modules_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= MAX_FUNCTION_LINES, node.name
