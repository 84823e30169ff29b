"""`/v1/ask/batch`: many questions at once."""

from collections.abc import Sequence
from pathlib import Path

from fastapi.testclient import TestClient

from qa_service.answering import MAX_BATCH, Answer, AnswerService, Options
from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client

BEST = {"harbour levy wages": "trams#5", "apples withered": "apples#2", "cider price": "apples#4"}


def test_answers_come_in_the_order_of_the_questions(client: TestClient) -> None:
    questions = list(BEST) * 4
    response = client.post("/v1/ask/batch", json={"questions": questions, "min_confidence": 0, "top_k": 1})
    answers = response.json()["responses"]
    assert [answer["question"] for answer in answers] == questions
    assert [[result["id"] for result in answer["results"]] for answer in answers] == [[BEST[q]] for q in questions]


def test_a_batch_takes_the_options_of_a_single_question(client: TestClient) -> None:
    options = {"min_confidence": 0, "filters": {"speaker": ["Ada Lund"]}, "context": 1, "explain": True}
    batch = client.post("/v1/ask/batch", json={"questions": ["harbour levy"], **options}).json()["responses"][0]
    single = client.post("/v1/ask", json={"question": "harbour levy", **options}).json()
    assert batch["results"] == single["results"] != []


def test_every_answer_of_a_batch_carries_the_requests_id(client: TestClient) -> None:
    response = client.post("/v1/ask/batch", json={"questions": ["a", "b"]}, headers={"X-Request-ID": "batch-1"})
    assert {answer["request_id"] for answer in response.json()["responses"]} == {"batch-1"}


def test_256_questions_are_the_most(client: TestClient) -> None:
    most = client.post("/v1/ask/batch", json={"questions": ["trams"] * MAX_BATCH})
    assert MAX_BATCH == 256
    assert len(most.json()["responses"]) == MAX_BATCH
    more = client.post("/v1/ask/batch", json={"questions": ["trams"] * (MAX_BATCH + 1)})
    assert more.status_code == 422
    assert more.json()["error"]["param"] == "questions"


def test_others_are_answered_while_a_batch_is(index_root: Path) -> None:
    asked: list[int] = []

    class Noting(AnswerService):
        def ask_batch(self, questions: Sequence[str], options: Options | None = None) -> list[Answer]:
            asked.append(len(questions))
            return super().ask_batch(questions, options)

    app = create_app(Settings(index_dir=index_root), opener=lambda: Noting(fakes.open_retriever(index_root)))
    with ready_client(app) as client:
        response = client.post("/v1/ask/batch", json={"questions": ["trams"] * 20})
    assert len(response.json()["responses"]) == 20
    assert asked == [8, 8, 4]


def test_a_batch_whose_answers_could_hold_too_much_is_refused(client: TestClient) -> None:
    options = {"top_k": 50, "context": 5}
    response = client.post("/v1/ask/batch", json={"questions": ["trams"] * 37, **options})
    assert response.status_code == 422
    assert "20350 statements; at most 20000" in response.json()["error"]["message"]
    assert client.post("/v1/ask/batch", json={"questions": ["trams"] * 36, **options}).status_code == 200


def test_256_longest_questions_fit_the_body(client: TestClient) -> None:
    """Escaped, each letter takes six bytes."""
    response = client.post("/v1/ask/batch", json={"questions": ["é" * 2000] * MAX_BATCH, "top_k": 1})
    assert response.status_code == 200


def test_one_bad_question_is_refused_by_its_place(client: TestClient) -> None:
    response = client.post("/v1/ask/batch", json={"questions": ["trams", " ", "buses"]})
    assert response.status_code == 422
    assert response.json()["error"]["param"] == "questions.1"
