"""A file that a form carries from one page to the next: packed with its metadata, and never larger than it may be."""

import base64
import binascii
import json
import zlib

from qa_service.api.bounds import MAX_SOURCE_BYTES
from qa_service.errors import BadRequestError
from qa_service.source_library import Sent, suffix_by

MOST = MAX_SOURCE_BYTES + 2**20  # with its metadata


def pack(file: str, sent: Sent) -> str:
    """A file with its name as text, a third of its size where it is a transcript's."""
    head = json.dumps([file, sent.document, sent.suffix, dict(sent.fields)])
    return base64.b64encode(zlib.compress(head.encode() + b"\n" + sent.data)).decode("ascii")


def unpack(held: str) -> tuple[str, Sent]:
    """What `pack` packed. Raises BadRequestError for anything else, since a form may be changed on its way."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(held, validate=True), MOST)
        if not unpacking.eof:
            raise ValueError("it is too large, or it broke off")
        head, _, data = data.partition(b"\n")
        file, document, suffix, fields = json.loads(head)
        if suffix_by(f"x{suffix}", "") != suffix or not isinstance(fields, dict):
            raise ValueError("no format has this ending")
        return str(file), Sent(str(document), data, fields, suffix)
    except (ValueError, TypeError, RecursionError, zlib.error, binascii.Error) as error:
        raise BadRequestError(f"the form was changed on its way ({error}); choose the files again") from error
