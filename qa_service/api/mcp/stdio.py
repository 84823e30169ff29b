"""The Model Context Protocol over standard input and output, for one client."""

from collections.abc import Callable
from typing import TypeVar

from qa_service.answering import AnswerService
from qa_service.api.mcp.tools import build_server
from qa_service.indexing.protocols import Published
from qa_service.serving.live_index import LiveIndex
from qa_service.serving.soundness import Upkeep

T = TypeVar("T")


def run_stdio(open_service: Callable[[], AnswerService], current: Published, upkeep: Upkeep) -> None:
    """Serve one client over standard input and output until it hangs up, always from the published index.

    `open_service` opens that; `current` tells when another one is published.
    """
    live_index = LiveIndex(open_service, current, upkeep)

    async def call(work: Callable[[AnswerService], T]) -> T:
        await live_index.refresh()
        return await live_index.call(work)

    build_server(call).run("stdio")
