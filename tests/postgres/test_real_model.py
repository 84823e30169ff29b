"""The interview in both stores with the real model: the same answers, also after it was put again over HTTP."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from eval.datasets.own import INTERVIEW, load_questions
from eval.speed.stores import compare, measure
from qa_service.answering import AnswerService
from qa_service.composition import build_index, coverage_of, open_retriever
from qa_service.database_library import DatabaseLibrary
from qa_service.databases import DatabaseStore
from qa_service.settings import Settings
from tests.conftest import ROOT
from tests.postgres.conftest import new_database
from tests.postgres.server import Server

pytestmark = pytest.mark.model


@pytest.fixture
def fake_encoder() -> None:
    """None here."""


def test_both_stores_answer_the_interviews_questions_alike(server: Server, tmp_path: Path) -> None:
    settings = Settings(
        source_dir=ROOT / "source_texts",
        index_dir=tmp_path,
        database_url=SecretStr(server.url(new_database(server))),
        recent_questions=0,
    )
    build_index(settings)
    questions = [question.text for question in load_questions()][::3]
    report = measure(settings, questions)
    assert (report["same_ranking"], report["differing"]) == (len(questions), [])
    assert report["confidence_differs_by"] <= 1e-3
    assert report["recall_of_candidates"] == 1.0
    with closing(DatabaseLibrary(settings)) as library:
        text = (ROOT / "source_texts" / f"{INTERVIEW}.txt").read_bytes()
        fields = json.loads((ROOT / "source_texts" / f"{INTERVIEW}.json").read_text())
        assert library.put(INTERVIEW, text, fields) == (False, [])
    store, plain = DatabaseStore(settings, coverage_of(settings)), settings.model_copy(update={"database_url": None})
    with closing(store), closing(store.open_retriever()) as put, closing(open_retriever(plain)) as folder:
        assert put.generation.manifest.id.endswith(".00000001")
        again = compare(AnswerService(folder), AnswerService(put), questions[:100])
        assert (again.same, again.differing) == (100, [])
        assert again.confidence <= 1e-3
