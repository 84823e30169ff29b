"""Who may ask, and how often, where settings say so: told before anything of a request's body is read."""

import base64
import binascii
import time
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_service.api.auth import HOW, Keys, sent_key
from qa_service.api.errors import error_body
from qa_service.api.html import problem_page, wants_page
from qa_service.settings import Settings

OPEN = ("/health/", "/static/")  # monitors and the look of pages
SUBNET = 64  # bits of an IPv6 address that one customer has
FOR_BROWSERS = 'Basic realm="transcripts", charset="UTF-8"'


class Admission:
    """Plain ASGI middleware: 401 without a key where one is needed to ask, 429 beyond the rate."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """`settings` hold the keys and the rate, which each process counts for itself."""
        self._app = app
        self._writers = Keys.of(settings.api_keys)
        self._askers = Keys.of(settings.ask_keys)
        self._rate: RateLimitItem | None = parse(settings.rate_limit) if settings.rate_limit else None
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            refusal = self._refusal(Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        key = sent_key(request.headers) or _password(request.headers)
        known = bool(key) and (self._askers.know(key) or self._writers.know(key))
        if self._rate is not None:
            who = Keys.digest(key).hex() if known else _address(request)
            if not self._counts.hit(self._rate, who):
                wait = max(1, ceil(self._counts.get_window_stats(self._rate, who).reset_time - time.time()))
                message = f"more than {self._rate}; send this one again in {wait} s"
                return _refused(request, 429, "rate_limited", message, {"Retry-After": str(wait)})
        if self._askers and not known:
            if wants_page(request):
                return _refused(request, 401, "key_needed", "This service asks for a key as its password.", {})
            if not key:
                return _refused(request, 401, "key_needed", f"asking needs a key; {HOW}", {})
            return _refused(request, 403, "not_allowed", f"this key is not one of QA_SERVICE_ASK_KEYS; {HOW}", {})
        return None


def _refused(request: Request, status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    if status == 401:
        headers["WWW-Authenticate"] = FOR_BROWSERS if wants_page(request) else "Bearer"
    if wants_page(request):
        response: Response = problem_page(status, message)
    else:
        response = JSONResponse(error_body(status, code, message, request.state.request_id), status)
    response.headers.update(headers)
    return response


def _password(headers: Mapping[str, str]) -> bytes:
    """What a browser sends once it has asked its user."""
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(sent, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""


def _address(request: Request) -> str:
    """Where a request is from; of IPv6 the network, whose holder may use any address in it."""
    name = request.client.host if request.client else ""
    try:
        address = ip_address(name)
    except ValueError:
        return name
    if isinstance(address, IPv6Address):
        return str(ip_network((address, SUBNET), strict=False))
    return name
