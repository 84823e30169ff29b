"""On loopback only requests to this machine's own names are answered.

Else a page could have its own name resolve to this machine and read what is served to nobody but its user.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_service.api.cors import listed
from qa_service.api.errors import error_body
from qa_service.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANY_PORT = ":*"
MISDIRECTED = 421


class OwnHosts:
    """Refuses what came in on loopback for another host, where the service listens on loopback alone."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """`settings` name the host that is listened on, and others that a proxy may send."""
        self._app = app
        self._listens_locally = is_loopback(settings.host)
        hosts = [host.lower() for host in allowed(settings)[0]]
        self._whole = frozenset(hosts)
        self._names = frozenset(host.removesuffix(ANY_PORT) for host in hosts if host.endswith(ANY_PORT))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and self._listens_locally and not self._is_ours(scope):
            message = "this is not a name of this service; name it in QA_SERVICE_ALLOWED_HOSTS if it is"
            body = error_body(MISDIRECTED, "wrong_host", message, scope["state"]["request_id"])
            await JSONResponse(body, MISDIRECTED)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        server = scope.get("server")
        if server is None or not is_loopback(server[0]):
            return True
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
        if not host or host in self._whole:
            return True
        name = host[: host.rindex(":")] if ":" in host.rpartition("]")[2] else host
        return name in self._names or is_loopback(name.strip("[]"))


def is_loopback(name: str | None) -> bool:
    """Whether it is an address of loopback, or `localhost`."""
    try:
        return name == "localhost" or ip_address(name or "").is_loopback
    except ValueError:
        return False


def allowed(settings: Settings) -> tuple[list[str], list[str]]:
    """Hosts and origins that may come in: loopback, the public address, and what the settings add."""
    public = [urlsplit(settings.public_url)] if settings.public_url else []
    names = [*LOOPBACK, *(url.netloc for url in public), *listed(settings.allowed_hosts)]
    hosts = [form for name in names for form in _with_any_port(name)]
    origins = [f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")]
    return hosts, origins + [origin for origin in listed(settings.cors_origins) if origin != "*"]


def _with_any_port(host: str) -> list[str]:
    """A host named without a port is meant with every port."""
    return [host] if ":" in host.rpartition("]")[2] else [host, f"{host}:*"]
