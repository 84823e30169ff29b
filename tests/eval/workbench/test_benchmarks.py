"""docs/benchmarks.md is what the figures in eval/results/ say, each with its command."""

import json
import re
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from eval import summaries
from eval.summaries import RESULTS, Summary, command_line, newest, rounded
from eval.workbench.benchmarks import HERE, PAGE, TEMPLATE, headline, render


def test_the_page_is_what_the_figures_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m eval benchmarks"


def test_no_figure_is_typed_into_the_template() -> None:
    assert re.findall(r"\b0\.\d{3}", (HERE / TEMPLATE).read_text(encoding="utf-8")) == []


def test_every_figure_has_its_command_and_commit() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, one in newest().items():
        assert one.command.startswith("python -m eval ") or name == "published"
        assert one.command in page
        assert one.commit or name == "published"
        assert not one.commit.endswith("+"), f"{name} was measured on changed files"


def changed(folder: Path, name: str, change: Any) -> Path:
    """A copy of all figures, those of one command changed."""
    copytree(RESULTS, folder)
    for path in folder.glob(f"*/{name}.summary.json"):
        fields = json.loads(path.read_text(encoding="utf-8"))
        change(fields["values"])
        path.write_text(json.dumps(fields), encoding="utf-8")
    return folder


def test_a_figure_that_changed_changes_the_page(tmp_path: Path) -> None:
    def better(values: Any) -> None:
        values["scifact-test"]["systems"]["default"]["P@1"][0] = 0.987

    assert "0.987" not in render()
    assert "/ 0.987" in render(changed(tmp_path / "results", "run", better))


def test_what_was_tuned_on_enters_no_headline(tmp_path: Path) -> None:
    def tuned(values: Any) -> None:
        values["scifact-test"]["tuned_on"] = True

    with pytest.raises(ValueError, match="scifact-test was tuned on"):
        render(changed(tmp_path / "results", "run", tuned))
    with pytest.raises(ValueError, match="no headline"):
        headline({"a": {"tuned_on": True}}, "a")


def test_figures_that_lack_are_named(tmp_path: Path) -> None:
    for path in changed(tmp_path / "results", "none", None).glob("*/cost.summary.json"):
        path.unlink()
    with pytest.raises(ValueError, match="no figures of 'cost'"):
        render(tmp_path / "results")


def test_the_newest_figures_count(tmp_path: Path) -> None:
    for time, value in (("2026-11-02T00:00:00+00:00", 2), ("2026-11-01T00:00:00+00:00", 1)):
        Summary("cost", "python -m eval cost", "abc", time, "m", {"value": value}).write(tmp_path / time[:10])
    assert newest(tmp_path)["cost"].values == {"value": 2}
    (tmp_path / "2026-11-01" / "cost.summary.json").write_text("[]")
    with pytest.raises(ValueError, match="no summary"):
        newest(tmp_path)


def test_a_command_is_shown_as_anybody_types_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scifact").mkdir()
    hidden = ["--output", "x", "--indexes", "y", "--save"]
    argv = ["run", "interview", f"{tmp_path / 'scifact'}", *hidden, "--systems", "bm25"]
    assert command_line(argv) == "python -m eval run interview collections/scifact --systems bm25"
    assert command_line([f"{tmp_path / 'scifact'}:dev"]) == "python -m eval collections/scifact:dev"
    (tmp_path / "squad.json").write_text("{}")
    assert command_line(["spans", str(tmp_path / "squad.json")]) == "python -m eval spans squad.json"
    monkeypatch.setattr(summaries, "DIGITS", 2)
    assert rounded({"a": (0.123, 1, None, True, "x")}) == {"a": [0.12, 1, None, True, "x"]}
