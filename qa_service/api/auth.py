"""Keys, and who may write: the holder of one, or, where there are none, programs on this machine."""

import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import SecretStr

from qa_service.api.cors import listed
from qa_service.api.hosts import is_loopback
from qa_service.settings import HASHED, Settings

HOW = "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"
PROXY_HEADERS = {
    "cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-client-ip", "x-cluster-client-ip", "x-real-ip",
}  # fmt: skip
PROXY_PREFIX = "x-forwarded-"
KEY_BYTES = 32  # of chance in a new key, so that its plain SHA-256 tells nothing of it


class Keys:
    """The keys of a setting, of which only SHA-256 sums are kept."""

    def __init__(self, digests: tuple[bytes, ...]) -> None:
        self._digests = digests

    @classmethod
    def of(cls, setting: SecretStr | None) -> "Keys":
        """Those in a setting, each as itself or as `sha256:` with its sum."""
        return cls(tuple(map(cls._read, listed(setting.get_secret_value() if setting else None))))

    def __bool__(self) -> bool:
        return bool(self._digests)

    def know(self, sent: bytes) -> bool:
        """Whether it is one of them; every key takes its time."""
        digest = self.digest(sent)
        return any([secrets.compare_digest(digest, known) for known in self._digests])

    @staticmethod
    def digest(key: bytes) -> bytes:
        """A key's SHA-256."""
        return hashlib.sha256(key).digest()

    @classmethod
    def _read(cls, entry: str) -> bytes:
        return bytes.fromhex(entry.removeprefix(HASHED)) if entry.startswith(HASHED) else cls.digest(entry.encode())


def new_key() -> tuple[str, str]:
    """A key made by chance, and what to write into a setting for it."""
    key = secrets.token_urlsafe(KEY_BYTES)
    return key, HASHED + hashlib.sha256(key.encode()).hexdigest()


async def require_key(request: Request) -> None:
    """Refuse who may not write: 401 without a key, 403 with a wrong one or, where none is set, from elsewhere."""
    check_writer(request, sent_key(request.headers))


def check_writer(request: Request, sent: bytes) -> None:
    """Raises HTTPException unless the key that was sent may write or, where none is set, this machine asks."""
    settings: Settings = request.app.state.settings
    if settings.api_keys is None:
        if not _is_local(request, settings):
            message = "without QA_SERVICE_API_KEYS only this machine may write, listening on loopback; set a key"
            raise HTTPException(403, message)
        return
    if not sent:
        raise HTTPException(401, f"this needs a key; {HOW}", {"WWW-Authenticate": "Bearer"})
    if not Keys.of(settings.api_keys).know(sent):
        raise HTTPException(403, f"this key is not one of QA_SERVICE_API_KEYS; {HOW}")


def check_origin(request: Request) -> None:
    """Raises HTTPException where a page of another origin sent a form, whose user may know nothing of it.

    Browsers say so themselves. Where one doesn't, the origin must be the very host that is asked, with its port.
    """
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    try:
        asked = urlsplit(origin or "").netloc.lower()
    except ValueError:
        asked = ""
    is_own = site in {"same-origin", "none"} if site else origin is None or asked == headers.get("host", "").lower()
    if not is_own:
        raise HTTPException(403, "this form was sent by a page of another site, so nothing is done; open /upload here")


# The last two say in the schema how a key is sent; they refuse nothing.
KEY_NEEDED = [
    Depends(require_key),
    Security(HTTPBearer(auto_error=False)),
    Security(APIKeyHeader(name="X-API-Key", auto_error=False)),
]


def sent_key(headers: Mapping[str, str]) -> bytes:
    """The key in a request's headers; empty where there is none."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    bearer = key.strip() if scheme.lower() == "bearer" else ""
    return (bearer or headers.get("x-api-key", "")).encode("latin-1")


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
