"""Many clients at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from qa_service.serving.answering_thread import AnsweringThread

BEST = {
    "harbour levy wages": "trams#5",
    "apples withered half": "apples#2",
    "cider price cellars": "apples#4",
    "stop hospital university": "trams#3",
}


def test_32_threads_asking_at_once_get_the_right_answers(client: TestClient) -> None:
    def ask(number: int) -> tuple[str, str, str]:
        question = list(BEST)[number % len(BEST)]
        body = {"question": question, "min_confidence": 0}
        answer = client.post("/v1/ask", json=body, headers={"X-Request-ID": f"thread-{number}"}).json()
        return answer["request_id"], answer["question"], answer["results"][0]["id"]

    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(ask, range(320)))
    assert answers == [(f"thread-{n}", q, BEST[q]) for n, q in ((n, list(BEST)[n % len(BEST)]) for n in range(320))]


class Panic(BaseException):
    """What a library in another language may raise."""


def test_the_answering_thread_goes_on_after_a_panic() -> None:
    def panic() -> None:
        raise Panic("index out of bounds")

    async def both() -> int:
        thread = AnsweringThread()
        with pytest.raises(RuntimeError, match="index out of bounds"):
            await thread.run(panic)
        answer = await thread.run(lambda: 7)
        thread.close()
        return answer

    assert asyncio.run(asyncio.wait_for(both(), 60)) == 7
