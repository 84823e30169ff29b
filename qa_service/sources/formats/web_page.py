"""HTML pages: the text of their blocks, without navigation, scripts and what is hidden."""

import re

from qa_service.dates import period_of
from qa_service.errors import SourceError
from qa_service.sources.decoding import decode
from qa_service.sources.formats.blocks import About, compose
from qa_service.sources.formats.html_blocks import HtmlBlocks
from qa_service.sources.formats.markup import Element, all_text, find, find_all, parse_html
from qa_service.sources.formats.source_text import SourceFormat, SourceText
from qa_service.sources.metadata import Metadata

LOOKED_AT = 4096  # bytes, in which a page names its encoding
FEWEST_WORDS = 5
SHARE = 0.5  # of the page's words, that an article holds which is the page's text
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,80}?encoding=["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_AS_READ = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),  # as browsers do
    **dict.fromkeys(("utf8", "unicode", "utf-16", "utf-16le"), "utf-8"),  # the name was read as ASCII
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_NAMED = re.compile(r"utf-8|iso-8859-\d+|windows-\d+|cp\d+|koi8-[rut]|euc-jp|big5(?:-hkscs)?|gb18030|macintosh|tis-620")
_DATES = ("dcterms.date", "dc.date", "date", "article:published_time", "datepublished", "pubdate", "publish-date")


class WebPage:
    """A page saved from the web, or exported by a program."""

    name = "html"
    version = 1
    suffixes = (".html", ".htm", ".xhtml")
    media_types = ("text/html", "application/xhtml+xml")

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Read a file's bytes. Raises SourceError for a page without text, or in an encoding it doesn't have."""
        text, notes = _decoded(data, metadata.language or "en")
        root = parse_html(text.encode("utf-8", "replace"))
        found = HtmlBlocks()
        found.read(_main(root))
        if found.words < FEWEST_WORDS:
            raise SourceError(
                "the page holds no text; it may be put there by a script: save it from the browser as plain text"
            )
        about = About(_title(root), _date(root), root.get("lang") or root.get("{*}lang"), (*notes, *found.notes()))
        return compose(found.blocks, about)


def _decoded(data: bytes, language: str) -> tuple[str, tuple[str, ...]]:
    """The page's text in the encoding that its first bytes name, else in that which its bytes tell."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _in(data[len(mark) :], encoding), ()
    if match := _CHARSET.search(data[:LOOKED_AT]):
        named = (match[1] or match[2]).decode("ascii", "replace").lower()
        encoding = _AS_READ.get(named, named)
        try:
            if _NAMED.fullmatch(encoding):
                return data.decode(encoding), ()
        except (LookupError, UnicodeDecodeError):
            pass
        text, used = decode(data, language)
        return text, (f"the page says that it is in {named}, which can't be; read as {used or 'UTF-8'}",)
    return decode(data, language)[0], ()


def _in(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"not {encoding.upper()}, as its first bytes say; save the page as UTF-8") from error


def _main(root: Element) -> Element:
    """The part that holds the text: `<main>` or the one `<article>`, where it holds most of the words."""
    body = find(root, "body")
    body = body if body is not None else root
    everything = HtmlBlocks()
    everything.read(body)
    for name in ("main", "article"):
        parts = list(find_all(body, name))
        if len(parts) == 1:
            part = HtmlBlocks()
            part.read(parts[0])
            if part.words >= SHARE * everything.words:
                return parts[0]
    return body


def _title(root: Element) -> str | None:
    headings = [all_text(one) for one in find_all(root, "h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    title = find(root, "title")
    return (all_text(title) or None) if title is not None else None


def _date(root: Element) -> str | None:
    """The day that the page's head names; else its only `<time datetime>`."""
    named = {
        (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower(): meta.get("content") or ""
        for meta in find_all(root, "meta")
    }
    given = [named[name] for name in _DATES if name in named]
    times = {time.get("datetime") or "" for time in find_all(root, "time")}
    for date in [*given, *(times if len(times) == 1 else ())]:
        day = re.split(r"[T\s]", date.strip())[0]
        try:
            period_of(day)
        except ValueError:
            continue
        return day
    return None


FORMAT: SourceFormat = WebPage()
