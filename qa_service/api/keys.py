"""Who may write: the holder of a key, or, where there are none, programs on this machine."""

import secrets
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from qa_service.api.cors import listed
from qa_service.api.hosts import is_loopback
from qa_service.settings import Settings

HOW = "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"
PROXY_HEADERS = {
    "cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-client-ip", "x-cluster-client-ip", "x-real-ip",
}  # fmt: skip
PROXY_PREFIX = "x-forwarded-"


async def require_key(request: Request) -> None:
    """Refuse who may not write: 401 without a key, 403 with a wrong one or, where none is set, from elsewhere."""
    settings: Settings = request.app.state.settings
    if settings.api_keys is None:
        if not _is_local(request, settings):
            message = "without QA_SERVICE_API_KEYS only this machine may write, listening on loopback; set a key"
            raise HTTPException(403, message)
        return
    sent = _sent_key(request)
    if not sent:
        raise HTTPException(401, f"this needs a key; {HOW}", {"WWW-Authenticate": "Bearer"})
    known = listed(settings.api_keys.get_secret_value())
    if not any([secrets.compare_digest(sent, key.encode()) for key in known]):  # every key takes its time
        raise HTTPException(403, f"this key is not one of QA_SERVICE_API_KEYS; {HOW}")


# The last two say in the schema how a key is sent; they refuse nothing.
KEY_NEEDED = [
    Depends(require_key),
    Security(HTTPBearer(auto_error=False)),
    Security(APIKeyHeader(name="X-API-Key", auto_error=False)),
]


def _sent_key(request: Request) -> bytes:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    bearer = key.strip() if scheme.lower() == "bearer" else ""
    return (bearer or request.headers.get("x-api-key", "")).encode("latin-1")


def _is_local(request: Request, settings: Settings) -> bool:
    """Neither another machine, nor a proxy that says so, nor a page of another origin, however its name resolves."""
    headers = request.headers
    client = request.client.host if request.client else None
    names = [settings.host, client, _hostname(f"//{headers.get('host', '')}")]
    if "origin" in headers:
        names.append(_hostname(headers["origin"]))
    is_direct = not any(name in PROXY_HEADERS or name.startswith(PROXY_PREFIX) for name in headers)
    return is_direct and all(map(is_loopback, names))


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
