"""The documentation says what is: settings, endpoints, options, commands, links, decisions."""

import hashlib
import re
from pathlib import Path

import pytest

from eval.__main__ import main as evaluate
from qa_service.api.app import create_app
from qa_service.api.mcp.tools import Tools
from qa_service.api.models.answers import AskRequest
from qa_service.api.models.errors import WHY
from qa_service.api.models.filters import Filters
from qa_service.cli import main
from qa_service.encoder.export import PACKAGED_MODELS
from qa_service.options import MAX_BATCH, MAX_BATCH_STATEMENTS, MAX_CONTEXT, MAX_FILTER_VALUE, MAX_QUESTION, MAX_TOP_K
from qa_service.settings import ENV_PREFIX, Settings
from tests.conftest import ROOT
from tests.prose import sentences

DOCS = ROOT / "docs"
DECISIONS = sorted(path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "source_texts" / "README.md"])
MEAN_SENTENCE = 15
LONGEST_SENTENCE = 32
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")


def text_of(path: Path) -> str:
    """The page's text."""
    return path.read_text(encoding="utf-8")


def id_of(path: Path) -> str:
    """The page's name for a parametrised test."""
    return str(path.relative_to(ROOT))


def table(page: str, head: str) -> list[list[str]]:
    """The cells of a page's table, by the first line of its head."""
    lines = text_of(DOCS / page).partition(f"\n{head}")[2].partition("\n\n")[0].splitlines()[2:]
    assert lines, head
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def code(cells: list[str]) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`([^`]+)`", " ".join(cells)))


ALL_TEXT = "\n".join(map(text_of, PAGES))


def test_settings_table_lists_every_setting_with_its_default_and_sentence() -> None:
    expected = [
        f"| `{ENV_PREFIX}{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    lines = text_of(DOCS / "configuration.md").splitlines()
    assert [line for line in lines if line.startswith(f"| `{ENV_PREFIX}")] == expected


def test_every_setting_that_is_named_exists() -> None:
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"\b{ENV_PREFIX}[A-Z_]+[A-Z]\b", ALL_TEXT)) <= known


def test_endpoint_table_and_routes_agree() -> None:
    cells = [row[0] for row in table("http-api.md", "| endpoint |")]
    shown = {path.partition("?")[0].partition("/?")[0] for path in re.findall(r"[ `](/[^`\s]*)", "\n".join(cells))}
    routes = {path.replace("{statement_id}", "{id}") for path in create_app(Settings()).openapi()["paths"]}
    assert routes <= shown
    apart = {"", "/", "/documents/{document}", "/verify", "/upload", "/media/…"}
    apart |= {"/mcp", "/metrics", "/docs", "/openapi.json"}
    assert shown <= routes | apart


def test_options_table_lists_every_option_with_its_bounds() -> None:
    rows = {next(iter(code(row[:1]))): row for row in table("http-api.md", "| option |")}
    assert set(rows) == set(AskRequest.model_fields)
    assert rows["top_k"][1:3] == [str(AskRequest.model_fields["top_k"].default), f"1 to {MAX_TOP_K}"]
    assert rows["context"][1:3] == [str(AskRequest.model_fields["context"].default), f"0 to {MAX_CONTEXT}"]
    assert f"up to {MAX_QUESTION} characters" in rows["question"]
    assert f"up to {MAX_BATCH}" in rows["question"][3]
    assert f"may not exceed {MAX_BATCH_STATEMENTS:,} statements" in text_of(DOCS / "http-api.md")


def test_filters_table_lists_every_filter() -> None:
    assert code([row[0] for row in table("http-api.md", "| filter |")]) == set(Filters.model_fields)
    assert f"up to {MAX_FILTER_VALUE} characters" in text_of(DOCS / "http-api.md").replace("\n", " ")


def test_errors_table_lists_every_status() -> None:
    assert [int(row[0]) for row in table("http-api.md", "| status |")] == sorted(WHY)


def test_metrics_table_names_what_is_measured() -> None:
    named = {name for row in table("operations.md", "| metric |") for name in code(row[:1])} - {"process_…"}
    measured = re.findall(r'"(qa_service_\w+)"', text_of(ROOT / "qa_service" / "api" / "metrics.py"))
    assert {name.removesuffix("_total") for name in named} == set(measured)


def test_tools_table_lists_every_tool() -> None:
    tools = {name for name in vars(Tools) if not name.startswith("_")}
    assert {next(iter(code(row[:1]))) for row in table("mcp.md", "| tool |")} == tools


def test_every_make_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z0-9-]*)\b", ALL_TEXT, re.MULTILINE))
    assert {"serve", "test", "check", "eval", "bench"} <= named <= targets


def test_every_command_of_the_command_line_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for run, command in ((main, r"(?:bin/|`)qa-service ([a-z]+)\b"), (evaluate, r"python -m eval ([a-z-]+)")):
        with pytest.raises(SystemExit):
            run(["--help"])
        usage = set(re.findall(r"[\w-]+", capsys.readouterr().out))
        named = set(re.findall(command, ALL_TEXT))
        assert len(named) > 3
        assert named <= usage


def slugs(path: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=id_of)
def test_sentences_are_short_and_numbers_have_a_zero(path: Path) -> None:
    lengths = [len(sentence.split()) for sentence in sentences(text_of(path))]
    assert sum(lengths) <= MEAN_SENTENCE * len(lengths)
    assert max(lengths, default=0) <= LONGEST_SENTENCE
    assert not re.findall(r"(?<![\w.…/`*:])\.\d+", text_of(path))


@pytest.mark.parametrize("path", PAGES, ids=id_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for found in LINK.finditer(text_of(path)):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if "://" in target:
            continue
        page = (path.parent / target).resolve() if target else path
        assert page.exists(), target
        assert not anchor or anchor in slugs(page), found[0]


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {
        f"decisions/{path.name}" for path in DECISIONS
    } <= listed


@pytest.mark.parametrize("path", DECISIONS, ids=id_of)
def test_a_decision_has_its_parts_and_is_listed(path: Path) -> None:
    text = text_of(path)
    assert len(text.splitlines()) <= 40
    parts = ["Context", "Decision", "Evidence", "Revisit if"]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts
    title, status = re.search(r"\A# (.+)\n\n\*\*Status:\*\* (.+?) · \*\*Code:\*\*", text).groups()  # type: ignore[union-attr]
    assert f"| [{title}]({path.name}) | {status} |" in text_of(DOCS / "decisions" / "README.md")


@pytest.mark.parametrize("path", DECISIONS, ids=id_of)
def test_files_that_a_decision_names_exist(path: Path) -> None:
    named = re.findall(r"\b(?:tests|eval|qa_service)/[\w/.]+\w", text_of(path))
    code_line = text_of(path).partition("**Code:**")[2].partition("\n\n")[0]
    for name in named:
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`([^`]+)`", code_line):
        assert any(ROOT.glob(f"{folder}{name}") for folder in ("", "qa_service/", "qa_service/*/")), name


@pytest.mark.parametrize("path", PAGES, ids=id_of)
def test_modules_that_are_named_exist(path: Path) -> None:
    there = [
        f"/{module.relative_to(ROOT)}"
        for top in ("qa_service", "eval", "tests")
        for module in (ROOT / top).rglob("*.py")
    ]
    for name in re.findall(r"`([\w/]+\.py)`", text_of(path)):
        assert any(module.endswith(f"/{name}") for module in there), name


def test_every_test_that_a_promise_names_exists() -> None:
    named = re.findall(r"`(test_\w+?)_?…?`", text_of(DOCS / "reliability.md"))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    assert len(named) > 10
    for name in named:
        assert f"def {name}" in tests, name


def test_the_model_card_tells_the_sums_of_the_files_there_are() -> None:
    told = dict(re.findall(r"`(qa_service/\S+\.safetensors)` \| `([0-9a-f]{64})`", text_of(DOCS / "model-card.md")))
    files = [ROOT / "qa_service" / "encoder" / path.name for path in PACKAGED_MODELS[Settings().model].own_files]
    assert told == {str(f.relative_to(ROOT)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
