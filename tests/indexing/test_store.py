"""The SQLite file: what goes in comes out, filters choose rows."""

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from qa_service.errors import IndexDamagedError
from qa_service.indexing.store import StatementStore, write_store
from qa_service.records import Piece, Statement
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata
from qa_service.sources.statements import cut_statements
from tests import fakes
from tests.sources.test_noise_in_statements import CAPTIONS

APPLES_2, APPLES_4, TRAMS_2, TRAMS_3, TRAMS_5, TRAMS_6 = range(6)  # rows, in order of document and paragraph


Form = Literal["NFC", "NFD"]


def all_statements() -> list[Statement]:
    """Of both invented transcripts, in the order they are stored."""
    encoder = fakes.FakeEncoder()
    cut = [cut_statements(t, encoder.token_spans, encoder.max_tokens)[0] for t in fakes.two_transcripts()]
    return [statement for statements in cut for statement in statements]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StatementStore]:
    path = tmp_path / "statements.sqlite"
    write_store(path, fakes.two_transcripts(), all_statements())
    store = StatementStore(path)
    yield store
    store.close()


def test_statements_come_back_as_they_were_written(store: StatementStore) -> None:
    assert len(store) == 6
    assert store.statements(range(6)) == all_statements()


def test_what_is_no_speech_in_a_statement_or_question_comes_back(tmp_path: Path) -> None:
    transcript = fakes.transcript("trams", CAPTIONS)
    encoder = fakes.FakeEncoder()
    cut, _ = cut_statements(transcript, encoder.token_spans, encoder.max_tokens)
    write_store(tmp_path / "s", [transcript], cut)
    with closing(StatementStore(tmp_path / "s")) as store:
        found, exchanges = store.statements(range(2)), store.exchanges("trams")
    assert found == cut
    assert [s.noise for s in found] == [((25, 38), (58, 71)), ((20, 33),)]
    assert [statements for _, statements in exchanges] == [cut[:1], cut[1:]]
    assert [e.question for e, _ in exchanges] == [e.question for e in transcript.exchanges]
    assert [e.question and e.question.noise for e, _ in exchanges] == [((21, 34),), ()]
    assert found[0].asked == "How many night trams run in Lindhaven?"


def test_the_doubts_about_a_document_come_back(tmp_path: Path) -> None:
    doubtful = fakes.transcript("trams", f"{fakes.TRAMS}\nReporter:\n\nAda Lund: So it is.\n")
    write_store(tmp_path / "s", [doubtful, fakes.two_transcripts()[0]], [])
    with closing(StatementStore(tmp_path / "s")) as store:
        assert [d.notes for d in store.documents()] == [(), doubtful.document.notes]
        assert store.document("trams") == doubtful.document
    assert len(doubtful.document.notes) == 1


def test_statements_come_in_the_order_asked_for(store: StatementStore) -> None:
    assert [s.id for s in store.statements([TRAMS_6, APPLES_2, TRAMS_3])] == ["trams#6", "apples#2", "trams#3"]
    assert store.statements([]) == []


def test_a_row_is_found_by_its_statements_id(store: StatementStore) -> None:
    assert store.row_of("trams#3") == TRAMS_3
    assert store.row_of("trams#4") is None


def test_documents_come_back_with_their_text_and_counts(store: StatementStore) -> None:
    assert [(d.id, d.title, d.statements) for d in store.documents()] == [
        ("apples", "Orchards after the drought", 2),
        ("trams", "Night trams of Lindhaven", 4),
    ]
    document = fakes.two_transcripts()[1].document
    assert store.document("trams") == document
    assert store.documents()[1].speakers == document.speakers == ("Ada Lund", "Bo Strand")
    assert store.document("buses") is None


def test_exchanges_come_back_with_their_statements(store: StatementStore) -> None:
    exchanges = store.exchanges("trams")
    assert [(e.section, e.asker, [s.id for s in statements]) for e, statements in exchanges] == [
        (1, "Reporter", ["trams#2", "trams#3"]),
        (2, "Reporter", ["trams#5", "trams#6"]),
    ]
    start = fakes.TRAMS.index("Who pays")
    assert exchanges[1][0].question == Piece("Who pays for the drivers?", start, start + 25)
    assert store.exchanges("buses") == []


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"document": ["apples"]}, [APPLES_2, APPLES_4]),
        ({"speaker": ["Ada Lund"]}, [TRAMS_2, TRAMS_3, TRAMS_6]),
        ({"speaker": ["Bo Strand", "Mira Oake"]}, [APPLES_2, APPLES_4, TRAMS_5]),
        ({"asker": ["Host"]}, [APPLES_2, APPLES_4]),
        ({"asker": ["Host", "Reporter"], "speaker": ["Bo Strand"]}, [TRAMS_5]),
        ({"document": ["trams"], "speaker": ["Mira Oake"]}, []),
        ({"document": ["trams"], "speaker": []}, [TRAMS_2, TRAMS_3, TRAMS_5, TRAMS_6]),
        ({"speaker": ["ada lund' OR 1=1 --"]}, []),
    ],
)
def test_filter_values_are_ored_and_keys_anded(
    store: StatementStore, filters: dict[str, list[str]], rows: list[int]
) -> None:
    found = store.rows_matching(filters)
    assert found is not None
    assert found.tolist() == rows


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("key", ["speaker", "asker"])
def test_a_name_is_found_with_its_accents_composed_or_apart(tmp_path: Path, form: Form, key: str) -> None:
    text = "José Núñez: How?\n\nZoë Ångström: So.\n\nJosé Núñez: Why?\n\nZoë Ångström: So."
    transcript = parse_transcript("trams", unicodedata.normalize("NFD", text).encode(), Metadata())
    encoder = fakes.FakeEncoder()
    write_store(tmp_path / "s", [transcript], cut_statements(transcript, encoder.token_spans, encoder.max_tokens)[0])
    with closing(StatementStore(tmp_path / "s")) as store:
        name = "Zoë Ångström" if key == "speaker" else "José Núñez"
        found = store.rows_matching({key: [unicodedata.normalize(form, name)]})
    assert found is not None
    assert found.tolist() == [0, 1]


@pytest.mark.parametrize("filters", [{}, {"speaker": []}])
def test_without_a_filter_there_is_nothing_to_choose(store: StatementStore, filters: dict[str, list[str]]) -> None:
    assert store.rows_matching(filters) is None


@pytest.mark.parametrize(
    ("row", "count", "before", "after"),
    [
        (TRAMS_3, 1, ["trams#2"], ["trams#5"]),
        (TRAMS_2, 5, [], ["trams#3", "trams#5", "trams#6"]),
        (APPLES_4, 2, ["apples#2"], []),
        (TRAMS_6, 2, ["trams#3", "trams#5"], []),
        (APPLES_2, 1, [], ["apples#4"]),
    ],
)
def test_neighbours_stay_inside_their_document(
    store: StatementStore, row: int, count: int, before: list[str], after: list[str]
) -> None:
    found_before, found_after = store.neighbours(row, count)
    assert ([s.id for s in found_before], [s.id for s in found_after]) == (before, after)


def test_a_file_that_is_no_store_says_how_to_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "statements.sqlite"
    path.write_bytes(b"not SQLite at all" * 100)
    with pytest.raises(IndexDamagedError, match="rebuild with: qa-service build"):
        StatementStore(path)


def test_a_failure_leaves_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    class Recording(sqlite3.Connection):
        def close(self) -> None:
            closed.append("closed")
            super().close()

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Recording))
    twice = all_statements()[:1] * 2
    with pytest.raises(sqlite3.IntegrityError):
        write_store(tmp_path / "twice.sqlite", [], twice)
    assert len(closed) == 1
    (tmp_path / "none.sqlite").write_bytes(b"not SQLite at all" * 100)
    with pytest.raises(IndexDamagedError):
        StatementStore(tmp_path / "none.sqlite")
    assert len(closed) == 2


DATED = [
    fakes.transcript("a", fakes.TRAMS, date="2022"),
    fakes.transcript("b", fakes.TRAMS, date="2023-09", tags=["Bank", "rates"], roles={"Ada Lund": "director"}),
    fakes.transcript("c", fakes.TRAMS, date="2023-09-14", tags=["bank"]),
    fakes.transcript("d", fakes.TRAMS),
]


@pytest.fixture
def dated(tmp_path: Path) -> Iterator[StatementStore]:
    encoder = fakes.FakeEncoder()
    cut = [s for t in DATED for s in cut_statements(t, encoder.token_spans, encoder.max_tokens)[0]]
    write_store(tmp_path / "dated.sqlite", DATED, cut)
    store = StatementStore(tmp_path / "dated.sqlite")
    yield store
    store.close()


def documents_of(store: StatementStore, filters: dict[str, list[str]]) -> str:
    """The documents whose statements match."""
    rows = store.rows_matching(filters)
    assert rows is not None
    return "".join(dict.fromkeys(statement.document for statement in store.statements(rows.tolist())))


def test_dates_tags_and_roles_come_back(dated: StatementStore) -> None:
    found = {document.id: document for document in dated.documents()}
    assert [(d.date, d.date_from) for d in found.values()] == [
        ("2022", "metadata"),
        ("2023-09", "metadata"),
        ("2023-09-14", "metadata"),
        (None, None),
    ]
    assert (found["b"].tags, found["b"].roles) == (("Bank", "rates"), {"Ada Lund": "director"})
    assert [dated.document(t.document.id) for t in DATED] == [t.document for t in DATED]


@pytest.mark.parametrize(
    ("days", "documents"),
    [
        (["2023-01-01", "2023-12-31"], "bc"),
        (["2022-12-31", "2023-01-01"], "a"),
        (["2022-12-31", "2023-09-01"], "ab"),
        (["2023-09-14", "2023-09-14"], "bc"),
        (["2023-09-15", "2023-09-30"], "b"),
        (["2023-10-01", "9999-12-31"], ""),
        (["0001-01-01", "2021-12-31"], ""),
        (["0001-01-01", "9999-12-31"], "abc"),
    ],
)
def test_a_date_filter_takes_documents_whose_period_it_meets(
    dated: StatementStore, days: list[str], documents: str
) -> None:
    assert documents_of(dated, {"date": days}) == documents


@pytest.mark.parametrize(
    ("tags", "documents"),
    [(["bank"], "bc"), (["BANK "], "bc"), (["rates"], "b"), (["rates", "bank"], "bc"), (["ban"], ""), (["b"], "")],
)
def test_a_tag_filter_takes_documents_with_any_of_them(dated: StatementStore, tags: list[str], documents: str) -> None:
    assert documents_of(dated, {"tags": tags}) == documents


def test_date_and_tags_are_joined_with_other_filters(dated: StatementStore) -> None:
    year = ["2023-01-01", "2023-12-31"]
    assert documents_of(dated, {"date": year, "tags": ["rates"], "speaker": ["Bo Strand"]}) == "b"
    assert documents_of(dated, {"date": year, "document": ["a", "c"], "asker": ["Reporter"]}) == "c"
    assert dated.rows_matching({"date": [], "tags": []}) is None


def test_a_tag_no_document_has_is_told_those_there_are(dated: StatementStore) -> None:
    assert dated.fits_nobody({"tags": ["bank", "trams"]}) == {"tags": ["Bank", "rates"]}
    assert dated.fits_nobody({"tags": ["bank", "RATES"]}) == {}
    assert dated.fits_nobody({"tags": ["x"], "speaker": ["Jane"]}).keys() == {"tags", "speaker"}


def test_the_first_row_of_each_document(dated: StatementStore) -> None:
    assert dated.first_rows.tolist() == [0, 4, 8, 12]
