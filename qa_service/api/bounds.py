"""How much a request may hold, by route, counted on its raw bytes before anything is made of them.

A few MB of JSON can hold a million keys, each of which costs a hundred times its bytes once it is read.
"""

import re
from dataclasses import dataclass
from typing import Any

from qa_service.options import MAX_BATCH, MAX_FILTER_VALUES

KIB, MIB = 2**10, 2**20
MAX_BODY_BYTES = 4 * MIB  # 256 questions of 2,000 characters, escaped, fit
MAX_SOURCE_BYTES = 16 * MIB  # a transcript of a thousand hours
MAX_MESSAGES = 10_000  # of a chat; the last hundred turns are read
MAX_ARGUMENTS = 4 * MAX_FILTER_VALUES + 512  # of a tool, at any depth
MAX_FIELDS = 1_000  # of a form
MAX_FILES = 64  # of a form, each no larger than a source
MAX_FILES_BYTES = 64 * MIB  # together
MAX_PAGE_BYTES = 24 * MIB  # of the form on the page, which carries the files as text from one step to the next
LONGEST_NUMBER = 64  # characters
SOURCES = "/v1/documents/"
MAX_PARAMETERS = 4 * MAX_FILTER_VALUES + 32  # of a URL: every filter full
MAX_NAMES = 32  # different ones among them
_TOKEN = re.compile(rb"[^\s,:{}\[\]\"]{%d}" % (LONGEST_NUMBER + 1))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a body may hold. JSON is counted where `keys` is not 0."""

    size: int = 64 * KIB
    keys: int = 0
    items: int = 0
    depth: int = 0


ELSE = Bounds()
SOURCE = Bounds(MAX_SOURCE_BYTES)
FILES = Bounds(MAX_FILES_BYTES)
PAGE = Bounds(MAX_PAGE_BYTES)
_FILTERS = 4 * MAX_FILTER_VALUES
BY_PATH = {
    "/v1/ask": Bounds(keys=64, items=_FILTERS + 64, depth=8),
    "/v1/ask/batch": Bounds(MAX_BODY_BYTES, keys=64, items=_FILTERS + MAX_BATCH + 64, depth=8),
    "/v1/chat/completions": Bounds(MAX_BODY_BYTES, keys=20_000, items=20_000, depth=64),  # tools come with schemas
    "/v1/verify": Bounds(keys=16, items=32, depth=4),
    "/mcp": Bounds(keys=512, items=_FILTERS + 512, depth=32),
}


class TooMuchError(Exception):
    """A request holds more than it may; the message says of what."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def bounds_of(method: str, path: str) -> Bounds:
    """What the body of such a request may hold."""
    if method == "PUT" and path.startswith(SOURCES):
        return SOURCE
    if method == "POST" and path == SOURCES.rstrip("/"):
        return FILES
    if method == "POST" and path == "/upload":
        return PAGE
    return BY_PATH.get(path, ELSE)


def check_query(query: bytes) -> None:
    """Raises TooMuchError for more parameters than any path takes."""
    count = query.count(b"&")
    if count < MAX_NAMES:
        return
    if count >= MAX_PARAMETERS:
        raise TooMuchError(422, "invalid_request", f"the URL has more than {MAX_PARAMETERS} parameters; send fewer")
    names = {parameter.partition(b"=")[0] for parameter in query.split(b"&")}
    if len(names) > MAX_NAMES:
        message = f"the URL has parameters of more than {MAX_NAMES} names; /docs lists those that are known"
        raise TooMuchError(422, "invalid_request", message)


def holds_more_than(most: int, value: Any) -> bool:
    """Whether there are more values in what JSON gave; no more than that many are looked at."""
    waiting = [value]
    count = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            count += len(value)
            if count > most:
                return True
            waiting += value.values() if isinstance(value, dict) else value
    return False


class Counted:
    """Counts a body piece by piece, in time that grows with its length alone; what is in strings doesn't count."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._size = self._keys = self._items = self._strings = self._depth = 0
        self._in_string = False
        self._held = b""  # half of an escape
        self._tail = b""  # of the piece before, outside of strings: a number may go on

    def add(self, piece: bytes) -> None:
        """Count one more piece. Raises TooMuchError once it is too much."""
        bounds = self._bounds
        self._size += len(piece)
        if self._size > bounds.size:
            raise too_large(bounds.size)
        if bounds.keys and piece:
            self._add_json(piece)

    def _add_json(self, piece: bytes) -> None:
        if b"\0" in piece:  # another encoding, in which these bytes mean something else; or no JSON at all
            raise TooMuchError(400, "invalid_json", "the body is not JSON in UTF-8; send it so, without zero bytes")
        piece = (self._held + piece).replace(b"\\\\", b"").replace(b'\\"', b"")
        self._held = piece[-1:] if piece.endswith(b"\\") else b""
        parts = piece.split(b'"')
        outside = b'"'.join(parts[self._in_string :: 2])
        self._in_string ^= len(parts) % 2 == 0
        self._strings += len(parts) - 1
        self._keys += outside.count(b":")
        self._items += outside.count(b",")
        self._check(outside)

    def _check(self, outside: bytes) -> None:
        bounds = self._bounds
        if self._keys > bounds.keys:
            raise _too_many(bounds.keys, "keys")
        if self._items > bounds.items or self._strings > 2 * (bounds.items + bounds.keys) + 2:
            raise _too_many(bounds.items, "items")
        opened = outside.count(b"{") + outside.count(b"[")
        if self._depth + opened > bounds.depth:
            self._check_depth(outside)
        else:
            self._depth += opened - outside.count(b"}") - outside.count(b"]")
        tail = self._tail + outside
        if len(tail) > LONGEST_NUMBER and _TOKEN.search(tail):
            message = f"a number of the body has more than {LONGEST_NUMBER} characters; send it shorter"
            raise TooMuchError(422, "invalid_request", message)
        self._tail = tail[-LONGEST_NUMBER:]

    def _check_depth(self, outside: bytes) -> None:
        for bracket in outside.translate(None, _NO_BRACKETS):
            self._depth += 1 if bracket in b"{[" else -1
            if self._depth > self._bounds.depth:
                message = f"the body nests more than {self._bounds.depth} deep; send it flatter"
                raise TooMuchError(422, "invalid_request", message)


_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def too_large(size: int) -> TooMuchError:
    """What is raised for a body of more bytes than `size`."""
    return TooMuchError(413, "too_large", f"the body is larger than {size} bytes; send less at once")


def _too_many(most: int, what: str) -> TooMuchError:
    return TooMuchError(422, "invalid_request", f"the body has more than {most} {what}; send fewer, /docs lists them")
