"""Parses XML and HTML with lxml: no network, no DTD, no entities but the five, bounded depth and size."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from qa_service.errors import SourceError

MOST_BYTES = 64_000_000  # a year of a parliament's sittings in one file has fewer
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TOO_DEEP = "elements stand inside each other more than 250 deep; this is no transcript: export the text anew"
Element = Any  # lxml has no types


def parse_xml(data: bytes) -> Element:
    """The root element. Raises SourceError with the line for what is no well-formed XML or defines entities."""
    _check_size(data)
    if b"<!ENTITY" in data.replace(b"\0", b""):
        raise SourceError("the file defines entities of its own; save it with its text written out")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise SourceError(TOO_DEEP) from error
        reason = f"no well-formed XML ({error.msg}); mend the file or export it anew"
        raise SourceError(reason, line=error.lineno) from error
    if root is None:
        raise SourceError("the file holds no element; export it anew")
    if next(root.iter(etree.Entity), None) is not None:
        raise SourceError("the file uses entities of a DTD, which is not read; save it with its text written out")
    return root


def parse_html(data: bytes) -> Element:
    """The root element of a page, as forgiving as browsers are; `data` is UTF-8."""
    _check_size(data)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"no HTML that can be read ({error.msg}); save the page anew") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise SourceError(TOO_DEEP)
    if root is None:
        raise SourceError("the page holds no element; save it anew")
    return root


def _check_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise SourceError(f"{len(data)} bytes, more than {MOST_BYTES} of one file; split it")
    if not data.strip():
        raise SourceError("the file is empty", line=1)


def tag(element: Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def children(element: Element) -> Iterator[tuple[str, Element | None]]:
    """Text and elements inside, in order: each step is a text, or an element with an empty text."""
    if element.text:
        yield element.text, None
    for child in element:
        yield "", child
        if child.tail:
            yield child.tail, None


def find(element: Element, name: str) -> Element | None:
    """The first descendant of that name, whatever its namespace."""
    return next(element.iter(f"{{*}}{name}"), None)


def find_all(element: Element, name: str) -> Iterator[Element]:
    """All descendants of that name, whatever their namespace."""
    yield from element.iter(f"{{*}}{name}")


def all_text(element: Element) -> str:
    """All words inside, with single spaces between."""
    return " ".join("".join(element.itertext()).split())
