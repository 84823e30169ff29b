"""Several write while several ask, through two services: no answer fails or mixes changes, and all arrive.

`CHAOS_EACH=500` for more than the few documents of every run.
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from threading import Event

from qa_service.postgres.connecting import Database
from qa_service.postgres.writing import Writer
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import eventually, is_ready
from tests.postgres.conftest import settings_of
from tests.postgres.documents import BEES, kept
from tests.postgres.server import Server
from tests.postgres.test_http import client_of
from tests.postgres.test_writes import check_counts

WRITERS, CLIENTS = 4, 8
EACH = int(os.environ.get("CHAOS_EACH", "6"))
SWARMS = ("one", "two", "six")


def swarms(writer: int, number: int) -> str:
    """A transcript of which all statements tell the same number."""
    said = (f"Ida Moss: Swarm {swarm} of year{number} is in the orchard of w{writer}." for swarm in SWARMS)
    return "Reporter: Where are the swarms?\n\n" + "\n\n".join(said) + "\n"


def test_those_who_write_and_those_who_ask_do_not_disturb_each_other(
    settings: Settings, server: Server, url: str, tmp_path: Path
) -> None:
    ended = Event()

    def write(writer: int) -> None:
        with closing(Database(url)) as database:
            own = Writer(database, tmp_path / f"writer-{writer}", lambda _: fakes.FakeEncoder())
            for number in range(EACH):
                own.put([kept(f"bees-{writer}-{number}", BEES), kept(f"swarms-{writer}", swarms(writer, number))])

    with ExitStack() as held:
        services = [held.enter_context(client_of(settings_of(url, tmp_path / name))) for name in ("one", "two")]
        for service in services:
            eventually(service, "/health/ready", is_ready)

        def ask(client: int) -> int:
            for asked in count():
                if ended.is_set() and asked >= 3:
                    return asked
                document = f"swarms-{client % WRITERS}"
                question = {"question": f"Swarm year orchard {asked}", "min_confidence": 0, "top_k": 9}
                response = services[client % 2].post("/v1/ask", json=question | {"filters": {"document": [document]}})
                assert response.status_code == 200, response.text
                found = [result["text"] for result in response.json()["results"]]
                assert len(found) in {0, len(SWARMS)}, found  # none before the first is there
                assert len({text.partition("of ")[2].split()[0] for text in found}) <= 1, found
            return 0

        threads = held.enter_context(ThreadPoolExecutor(WRITERS + CLIENTS))
        asking: list[Future[int]] = [threads.submit(ask, client) for client in range(CLIENTS)]
        try:
            assert list(threads.map(write, range(WRITERS))) == [None] * WRITERS
        finally:
            ended.set()
        assert sum(each.result() for each in asking) >= 3 * CLIENTS
        wanted = 2 + WRITERS * (EACH + 1)
        for service in services:
            eventually(service, "/v1/documents", lambda response: len(response.json()["documents"]) == wanted)
    check_counts(server, url)
