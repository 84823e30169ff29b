"""Cuts a Word document into blocks in its order: paragraphs as they are shown, rows of tables, text boxes."""

from dataclasses import dataclass, field

from qa_service.sources.formats.markup import Element, tag
from qa_service.sources.formats.page_block import Block
from qa_service.sources.formats.word_numbering import Numbering
from qa_service.sources.formats.word_styles import Style, Styles, W, part, switch, value
from qa_service.sources.formats.writing import one_line, spaced

_DELETED = frozenset({"del", "moveFrom"})
_INSIDE = frozenset("hyperlink ins moveTo smartTag sdt sdtContent fldSimple customXml dir bdo ruby rubyBase".split())
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    bold: bool


@dataclass(slots=True)
class WordBlocks:
    """Collects the blocks of a document's body."""

    styles: Styles
    numbering: Numbering
    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    footnotes: int = 0
    deletions: int = 0
    hidden: int = 0
    _runs: list[_Run] = field(default_factory=list)  # of a paragraph whose end was deleted
    _boxes: list[Element] = field(default_factory=list)
    _tables: int = 0

    def read(self, container: Element) -> None:
        """Everything in the body, a content control or a text box, in order."""
        for element in container:
            name = tag(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
                self.read(element)
            elif name in _DELETED:
                self.deletions += 1

    def _paragraph(self, paragraph: Element) -> None:
        properties = part(paragraph, "pPr")
        key = value(part(properties, "pStyle")) or self.styles.default
        style = self.styles.get(key)
        self._inside(paragraph, style)
        ends = part(properties, "rPr")
        if part(ends, "del") is not None or part(ends, "moveFrom") is not None:
            return  # its end was deleted: it goes on in the next paragraph
        runs, self._runs = self._runs, []
        text = _text(runs)
        if text:
            number = self._number(properties, style)
            lead = _lead(runs)
            strong = lead >= len(text) or style.heading
            if style.title and self.title is None:
                self.title = one_line(text)
            text = f"{number} {text}" if number else text
            self.blocks.append(Block(text, 0 if number else lead, strong, style.heading))
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.read(box)

    def _number(self, properties: Element | None, style: Style) -> str:
        numbered = part(properties, "numPr")
        number = value(part(numbered, "numId")) or style.numbering[0]
        return self.numbering.next(number, value(part(numbered, "ilvl")) or style.numbering[1])

    def _inside(self, element: Element, style: Style) -> None:
        for child in element:
            name = tag(child)
            if name == "r":
                self._run(child, style)
            elif name in _INSIDE:
                self._inside(child, style)
            elif name in _DELETED:
                self.deletions += 1

    def _run(self, run: Element, style: Style) -> None:
        properties = part(run, "rPr")
        own = self.styles.get(value(part(properties, "rStyle")))
        if _first(switch(properties, "vanish"), own.hidden, style.hidden):
            self.hidden += 1
            return
        bold = _first(switch(properties, "b"), own.bold, style.bold)
        for child in run:
            name = tag(child)
            if name == "t":
                self._runs.append(_Run((child.text or "").replace("\n", " "), bold))
            elif name in _CHARACTERS:
                self._runs.append(_Run(_CHARACTERS[name], bold))
            elif name == "sym":
                self._runs.append(_Run(_symbol(child), bold))
            elif name in {"footnoteReference", "endnoteReference"}:
                self.footnotes += 1
            elif name in {"drawing", "pict", "AlternateContent", "object"}:
                self._boxes += _boxes(child)

    def _table(self, table: Element) -> None:
        rows = [row for row in _children(table, "tr") if part(row, "trPr", "del") is None]
        cells = [list(_children(row, "tc")) for row in rows]
        if max(map(len, cells), default=0) < 2:
            for row in cells:
                for cell in row:
                    self.read(cell)
            return
        self._tables += 1
        number = self._tables
        for row in cells:
            texts = tuple(map(self._cell, row))
            if any(texts):
                self.blocks.append(Block("", cells=texts, table=number))

    def _cell(self, cell: Element) -> str:
        """The text of a cell, a line for each paragraph."""
        before, self.blocks = self.blocks, []
        self.read(cell)
        inside, self.blocks = self.blocks, before
        return "\n".join(block.text or "\t".join(filter(None, block.cells)) for block in inside)


def _first(*values: bool | None) -> bool:
    return next((one for one in values if one is not None), False)


def _children(element: Element, name: str) -> list[Element]:
    """The children of a name, those in content controls too."""
    found = []
    for child in element:
        if tag(child) == name:
            found.append(child)
        elif tag(child) in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            found += _children(child, name)
    return found


def _boxes(element: Element) -> list[Element]:
    """The text boxes of a drawing, each once: beside a drawing stands the same for older programs."""
    choice = next((child for child in element if tag(child) == "Choice"), element)
    found = list(choice.iter(f"{W}txbxContent"))
    inside = set(found)
    return [box for box in found if next(box.iterancestors(f"{W}txbxContent"), None) not in inside]


def _symbol(element: Element) -> str:
    code = element.get(f"{W}char") or ""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number) if 0x20 <= number < 0xD800 else ""


def _text(runs: list[_Run]) -> str:
    """The text of runs: tabs kept, other white space single, no blank lines."""
    lines = "".join(run.text for run in runs).split("\n")
    kept = ["\t".join(part for cell in line.split("\t") if (part := spaced(cell))) for line in lines]
    return "\n".join(line for line in kept if line)


def _lead(runs: list[_Run]) -> int:
    """How many characters of the text are bold from its start on."""
    bold: list[_Run] = []
    for run in runs:
        if run.text.strip() and not run.bold:
            break
        bold.append(run)
    return len(_text(bold))
