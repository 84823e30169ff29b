"""What a build writes."""

from pathlib import Path

import pytest

from qa_service.errors import SourceError
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.sources.statements import Cut
from tests import fakes


def test_every_statement_is_indexed_in_order(tmp_path: Path) -> None:
    result = fakes.build_index(tmp_path)
    assert (result.manifest.documents, result.manifest.statements, result.cuts) == (2, 6, [])
    with fakes.opened(tmp_path) as retriever:
        ids = [statement.id for statement in retriever.generation.store.statements(range(6))]
    assert ids == ["apples#2", "apples#4", "trams#2", "trams#3", "trams#5", "trams#6"]


def test_ids_are_the_same_after_a_rebuild(tmp_path: Path) -> None:
    def ids() -> list[tuple[str, str]]:
        fakes.build_index(tmp_path)
        with fakes.opened(tmp_path) as retriever:
            return [(s.id, s.text) for s in retriever.generation.store.statements(range(6))]

    assert ids() == ids()


def test_a_cut_paragraph_is_reported(tmp_path: Path) -> None:
    words = " ".join(["Word"] * 200)
    text = f"Reporter: How many?\n\nAda Lund: {words}. {words}.\n"
    result = fakes.build_index(tmp_path, [fakes.transcript("long", text)])
    assert result.cuts == [Cut("long#1", tokens=400, parts=2)]
    assert result.manifest.statements == 2


def test_progress_ends_at_the_number_of_statements(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    source = BuildInput(fakes.two_transcripts(), fakes.MODEL)
    build_generation(
        IndexFolder(tmp_path), source, lambda _: fakes.FakeEncoder(), lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (6, 6)


def test_sources_without_a_statement_are_refused_and_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no statement"):
        fakes.build_index(tmp_path, [])
    assert not (tmp_path / "CURRENT").exists()


def test_a_long_question_does_not_push_its_answer_out_of_the_window(tmp_path: Path) -> None:
    """The encoder refuses a passage beyond its window, whatever is encoded together with the statement."""
    for size in (1, 100, 250, 254):
        asked, said = "Why " * 300, "Trams " * size
        text = f"Reporter: {asked}?\n\nAda Lund: {said}\n\nReporter: And?\n\nAda Lund: No.\n"
        result = fakes.build_index(tmp_path, [fakes.transcript("long", text)])
        assert (result.manifest.statements, result.cuts) == (2, [])
