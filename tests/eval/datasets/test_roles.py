"""Which role a set has, and where its questions come from: `eval/data/<role>/<name>/` and `eval/data/sets.toml`."""

import hashlib
import tomllib
from collections import defaultdict

import pytest

from eval.datasets.own import DATA, DATED, HELD_OUT, ROLES, TRAINING, documents_of, load_questions
from tests.conftest import ROOT

ORIGINS = tomllib.loads((DATA / "sets.toml").read_text(encoding="utf-8"))
BATCHES = ORIGINS["batches"]
SETS = {name: role for role in ROLES for name in documents_of(role)}


def test_no_transcript_is_in_two_roles() -> None:
    roles: dict[str, set[str]] = defaultdict(set)
    texts = {"interview": ROOT.glob("source_texts/*.txt")} | {r: DATA.glob(f"{r}/*/*.txt") for r in ROLES[1:]}
    for role, paths in texts.items():
        for path in paths:
            words = "".join(path.read_text(encoding="utf-8").casefold().split())
            roles[hashlib.sha256(words.encode()).hexdigest()].add(f"{role}/{path.parent.name}")
    assert len(roles) == 20 + 129 + 12 + len([*ROOT.glob("source_texts/*.txt")])
    assert [places for places in roles.values() if len(places) > 1] == []


def test_every_role_has_the_sets_it_had() -> None:
    assert [len(documents_of(role)) for role in (HELD_OUT, TRAINING, DATED)] == [20, 129, 4]
    assert sum(len(documents_of(role)) for role in ROLES) == len(SETS)  # no name twice


def test_every_set_and_no_other_has_its_origin() -> None:
    assert set(ORIGINS["sets"]) == set(SETS)
    assert {batch for batches in ORIGINS["sets"].values() for batch in batches} == set(BATCHES)
    for batch in BATCHES.values():
        assert set(batch) == {"date", "writer", "brief", "style", "ids", "split"}
        assert all(batch[what] for what in batch.keys() - {"ids"})


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_question_is_of_one_of_its_sets_batches(name: str) -> None:
    batches = ORIGINS["sets"][name]
    found = set()
    for question in load_questions(name):
        marked = [batch for batch in BATCHES if (ids := BATCHES[batch]["ids"]) and ids in question.id]
        (batch,) = marked or [batch for batch in batches if not BATCHES[batch]["ids"]]
        assert question.split in BATCHES[batch]["split"]
        found.add(batch)
    assert found == set(batches)


def test_only_questions_over_held_out_transcripts_and_the_interview_judge() -> None:
    assert {q.split for name in documents_of(TRAINING) for q in load_questions(name)} == {"dev"}
