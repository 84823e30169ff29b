"""What an operator's Prometheus reads at `/metrics`: counted once per request, gathered when asked for."""

import os
import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_service.answering import Answer
from qa_service.api.access_log import note_question
from qa_service.serving.live_index import LiveIndex

ASK = "/v1/ask"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
UNMATCHED = "unmatched"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The numbers of one application in one process."""

    def __init__(self, live_index: Callable[[], LiveIndex], *, name_process: bool) -> None:
        """`live_index` gives the open index; `name_process` tells several workers apart by a label `pid`."""
        own = CollectorRegistry()
        self._requests = Counter("qa_service_requests", "Requests.", ["method", "path", "status"], registry=own)
        self._seconds = Histogram(
            "qa_service_ask_seconds", "From request to response of answered /v1/ask.", registry=own, buckets=SECONDS
        )
        questions = Counter("qa_service_questions", "Questions, answered or not.", ["answered"], registry=own)
        self._questions = {True: questions.labels("true"), False: questions.labels("false")}
        self._known: dict[tuple[str, str, int], Counter] = {}  # `labels` takes a lock and longer than the counting
        own.register(_IndexCollector(live_index))
        ProcessCollector(registry=own)
        self._shown = own
        if name_process:
            self._shown = CollectorRegistry()
            self._shown.register(_Named(own, str(os.getpid())))

    def count_answers(self, answers: Iterable[Answer]) -> None:
        """Count questions by whether the sources answered them, and have the access log note them."""
        for answer in answers:
            self._questions[answer.answered].inc()
            note_question(answer.question)

    def count_request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request; `path` is the route's template."""
        key = (method, path, status)
        counter = self._known.get(key)
        if counter is None:
            counter = self._known[key] = self._requests.labels(method, path, str(status))
        counter.inc()
        if path == ASK and status == 200:
            self._seconds.observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._shown)


class CountRequests:
    """Plain ASGI middleware, the outermost of ours, so that what the others refuse is counted too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500  # of an unexpected error, which is answered outside of here

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            self._metrics.count_request(method, _template(scope), status, time.perf_counter() - started)


def _template(scope: Scope) -> str:
    """The route's template, so that clients can't make up labels."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    path: str = scope["path"]
    if path in {ASK, "/mcp"}:  # the fast lane and plain ASGI endpoints leave no route
        return path
    return "/static" if path.startswith("/static/") else UNMATCHED


class _IndexCollector(Collector):
    """The index this process serves and how many calls wait for it."""

    def __init__(self, live_index: Callable[[], LiveIndex]) -> None:
        self._live_index = live_index

    def collect(self) -> Iterator[Metric]:
        """As they are now; nothing of the index while none is open."""
        live_index = self._live_index()
        yield GaugeMetricFamily("qa_service_waiting", "Calls waiting for the answering thread.", live_index.waiting)
        dropped = CounterMetricFamily("qa_service_dropped", "Calls not done, by why.", labels=["reason"])
        for reason, count in live_index.dropped.items():
            dropped.add_metric([reason], count)
        yield dropped
        if (facts := live_index.facts) is None:
            return
        info = GaugeMetricFamily("qa_service_index_info", "The index served.", labels=["index_version", "model"])
        info.add_metric([facts.version, facts.model], 1)
        yield info
        yield GaugeMetricFamily("qa_service_index_documents", "Documents served.", facts.documents)
        yield GaugeMetricFamily("qa_service_index_statements", "Statements served.", facts.statements)


class _Named(Collector):
    """Everything another collector has, labelled with this process's id."""

    def __init__(self, others: Collector, pid: str) -> None:
        self._others = others
        self._pid = pid

    def collect(self) -> Iterator[Metric]:
        """The same metrics, labelled."""
        for metric in self._others.collect():
            metric.samples = [s._replace(labels={**s.labels, "pid": self._pid}) for s in metric.samples]
            yield metric
