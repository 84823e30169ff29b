"""Cuts a page into blocks as a browser lays them out: white space collapsed, `<br>` a line's end, rows of tables."""

import re
from dataclasses import dataclass, field

from qa_service.sources.formats.markup import Element, children, tag
from qa_service.sources.formats.page_block import Block
from qa_service.sources.formats.writing import listed, spaced

LEFT_OUT = frozenset(
    "script style nav header footer aside noscript template head form button select option input textarea svg math "
    "iframe object embed audio video canvas map dialog menu figcaption".split()
)
BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figure h1 h2 h3 h4 h5 h6 hgroup hr html li "
    "main ol p pre section summary table caption tbody thead tfoot tr td th ul".split()
)
FEW_ROWS, MANY_PARAGRAPHS = 4, 8  # of a table that lays out a page
_COLLAPSED = re.compile(r"[ \t\n\f\v]+")  # what a browser makes one space of; a no-break space stays
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 caption summary".split())
_BOLD = frozenset({"b", "strong"})
_KEPT_HEADERS = frozenset({"article", "main", "section"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
"""HTML's white space; a no-break space is none."""


@dataclass(slots=True)
class _Run:
    text: str
    bold: bool


@dataclass(slots=True)
class HtmlBlocks:
    """Collects the blocks of an element in order."""

    blocks: list[Block] = field(default_factory=list)
    words: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    _runs: list[_Run] = field(default_factory=list)
    _tables: int = 0
    _cells: list[str] | None = None  # of the row that is being read
    _label: str = ""  # a `<dt>` that waits for its `<dd>`

    def read(self, element: Element) -> None:
        """Everything inside that is shown."""
        self._inside(element, bold=False, pre=False)
        self._flush()

    def notes(self) -> list[str]:
        """What was left out though it holds many words."""
        names = [f"<{name}>" for name, words in self.left_out.items() if words >= 50]
        return [f"parts of the page that are left out hold many words: {listed(names)}"] if names else []

    def _inside(self, element: Element, *, bold: bool, pre: bool) -> None:
        for text, child in children(element):
            if child is None:
                self._runs.append(_Run(text.replace("\n", "\r") if pre else _SPACES.sub(" ", text), bold))
            elif not self._is_left_out(child):
                self._element(child, bold=bold, pre=pre)

    def _is_left_out(self, element: Element) -> bool:
        name = tag(element)
        hidden = (
            element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or _HIDDEN.search(element.get("style") or "") is not None
        )
        if name in LEFT_OUT or hidden:
            if name in {"header", "footer", "aside", "noscript", "form", "figcaption"}:
                words = sum(len(text.split()) for text in element.itertext())
                self.left_out[name] = self.left_out.get(name, 0) + words
            return True
        return not name

    def _element(self, element: Element, *, bold: bool, pre: bool) -> None:
        name = tag(element)
        bold = bold or name in _BOLD or _BOLD_STYLE.search(element.get("style") or "") is not None
        if name == "br":
            self._runs.append(_Run("\r", bold))
        elif name == "table" and self._cells is None:
            self._table(element)
        elif self._cells is None and name in BLOCKS:
            self._flush()
            self._inside(element, bold=bold, pre=pre or name == "pre")
            self._flush(name)
        elif name in BLOCKS:  # inside a cell
            self._runs.append(_Run("\r", bold))
            self._inside(element, bold=bold, pre=pre or name == "pre")
            self._runs.append(_Run("\r", bold))
        else:
            self._inside(element, bold=bold, pre=pre)

    def _table(self, table: Element) -> None:
        """Row by row. A table of one column, or of a few large cells, only lays out what stands in it."""
        self._flush()
        rows = [row for row in table.iter("{*}tr") if next(row.iterancestors("{*}table")) is table]
        columns = max((sum(tag(cell) in {"td", "th"} for cell in row) for row in rows), default=0)
        large = len(rows) <= FEW_ROWS and sum(1 for _ in table.iter("{*}p", "{*}table")) > MANY_PARAGRAPHS
        if columns < 2 or large:
            self._inside(table, bold=False, pre=False)
            self._flush()
            return
        self._tables += 1
        number = self._tables
        for row in rows:
            cells = []
            for cell in row:
                if tag(cell) in {"td", "th"} and not self._is_left_out(cell):
                    self._cells = []
                    self._inside(cell, bold=False, pre=False)
                    cells.append(_lines(self._runs))
                    self._runs = []
                    self._cells = None
            if any(cells):
                self.words += sum(len(cell.split()) for cell in cells)
                self.blocks.append(Block("", cells=tuple(cells), table=number))

    def _flush(self, name: str = "") -> None:
        """End a block."""
        runs, self._runs = self._runs, []
        text = _lines(runs)
        if not text:
            return
        if name == "dt":
            self._label = f"{self._label} {text}".strip()
            return
        label, self._label = self._label, ""
        if label:
            text = f"{label} {text}" if label.endswith((":", "?", ".")) else f"{label}: {text}"
        self.words += len(text.split())
        heading = name in HEADINGS
        lead = 0 if label else _lead(runs)
        strong = heading or (not label and all(run.bold for run in runs if run.text.strip()))
        self.blocks.append(Block(text, min(lead, len(text)), strong, heading))


def _lines(runs: list[_Run]) -> str:
    """The text of runs: white space as a browser shows it, no blank lines."""
    joined = "".join(run.text for run in runs)
    return "\n".join(line for part in joined.split("\r") if (line := spaced(_COLLAPSED.sub(" ", part))))


def _lead(runs: list[_Run]) -> int:
    """How many characters of the text are bold from its start on."""
    bold = []
    for run in runs:
        if run.text.strip() and not run.bold:
            break
        bold.append(run)
    return len(_lines(bold))
