"""What the adapter is trained on: groups of questions over few passages, from development questions only."""

import json
from pathlib import Path

import pytest

from eval.datasets.examples import half
from eval.datasets.own import HELD_OUT, INTERVIEW, documents_of, load_questions
from eval.training import groups
from eval.training.groups import PASSAGES, own_group, own_groups, public_groups
from tests.conftest import ROOT

SOURCES = ROOT / "source_texts"


def test_a_transcript_is_one_group_with_its_dev_questions_only() -> None:
    group = own_group(INTERVIEW, SOURCES)
    asked = [q for q in load_questions(INTERVIEW) if q.split == "dev"]
    assert [q.text for q in group.questions] == [q.text for q in asked]
    loans = next(i for i, text in enumerate(group.passages) if "dares to lend" in text)
    assert f"{INTERVIEW}#25" in [s for q in asked for s in q.judgements]
    graded = next(q for q in asked if q.judgements.get(f"{INTERVIEW}#25") == 3)
    assert group.questions[asked.index(graded)].grades[loans] == 3
    assert "SMEs" in group.asked[loans]


def test_what_is_held_out_is_not_trained_on() -> None:
    names = {group.name for group in own_groups(SOURCES)}
    assert INTERVIEW in names
    assert not names & set(documents_of(HELD_OUT))


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Sixty passages of two topics; three questions on each, of which one has no answer."""
    folder = tmp_path / "trams"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": f"p{n}", "text": f"tram line{n} {'harbour' if n % 2 else 'depot'} word{n}"} for n in range(60)]
    asked = [{"_id": f"q{n}-{i}", "text": f"harbour line{n} part{i}?"} for n in range(60) for i in range(2)]
    nobody = [{"_id": f"u{n}", "text": f"ferry line{n}?"} for n in range(60)]
    for name, rows in {"corpus": corpus, "queries": asked, "queries_unanswerable": nobody}.items():
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    grades = "\n".join(f"{q['_id']}\tp{q['_id'][1:].split('-')[0]}\t1" for q in asked)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{grades}\n")
    near = "\n".join(f"u{n}\tp{n}" for n in range(60))
    (folder / "near_miss.tsv").write_text(f"query-id\tcorpus-id\n{near}\n")
    return folder


def test_a_collection_is_cut_into_groups_of_its_dev_half(collection: Path) -> None:
    groups = public_groups(collection)
    asked = [q for group in groups for q in group.questions]
    dev = [n for n in range(60) if half(f"p{n}") == "dev"]
    assert sorted(q.text for q in asked if q.grades) == sorted(f"harbour line{n} part{i}?" for n in dev for i in (0, 1))
    assert sorted(q.text for q in asked if not q.grades) == sorted(f"ferry line{n}?" for n in dev)


def test_every_group_holds_what_answers_and_is_filled_up_with_what_looks_alike(collection: Path) -> None:
    for group in public_groups(collection):
        assert len(group.passages) == len(set(group.passages)) == PASSAGES
        for question in group.questions:
            number = question.text.split()[1].rstrip("?")
            assert [group.passages[row].split()[1] for row in question.grades] in ([], [number])
            assert any(number in passage.split() for passage in group.passages)


def test_no_more_questions_are_drawn_than_fit_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_QUESTIONS", 5)
    questions = own_group(INTERVIEW, SOURCES).questions
    assert len({q.text for q in groups.drawn(questions)}) == 5
    assert len(groups.drawn(questions[:3])) == 3
