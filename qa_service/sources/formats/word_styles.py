"""What a Word document's styles say of a paragraph: bold, heading, numbered; each style may be based on another."""

from dataclasses import dataclass, field

from qa_service.sources.formats.markup import Element, tag

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})


def part(element: Element | None, *names: str) -> Element | None:
    """The child of a child … of those names."""
    for name in names:
        element = element.find(f"{W}{name}") if element is not None else None
    return element


def value(element: Element | None) -> str | None:
    """Its `w:val`."""
    return element.get(f"{W}val") if element is not None else None


def switch(properties: Element | None, name: str) -> bool | None:
    """Whether a property such as `w:b` is on; None where it isn't given."""
    found = part(properties, name)
    return None if found is None else (value(found) or "1").lower() not in _OFF


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says; None where it says nothing."""

    bold: bool | None = None
    hidden: bool | None = None
    heading: bool = False
    title: bool = False
    numbering: tuple[str | None, str | None] = (None, None)  # of which list, at which level


@dataclass(slots=True)
class Styles:
    """All styles of a document by their ids."""

    elements: dict[str, Element] = field(default_factory=dict)
    _read: dict[str, Style] = field(default_factory=dict)
    default: str | None = None  # of paragraphs

    @classmethod
    def of(cls, root: Element | None) -> "Styles":
        """From the root of the styles' part."""
        found = cls()
        for element in root if root is not None else ():
            key = element.get(f"{W}styleId") if tag(element) == "style" else None
            if key:
                found.elements[key] = element
                if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in {"1", "true"}:
                    found.default = key
        return found

    def get(self, key: str | None) -> Style:
        """A style with what it takes from those it is based on."""
        chain: list[str] = []
        while key is not None and key in self.elements and key not in chain and key not in self._read:
            chain.append(key)
            key = value(part(self.elements[key], "basedOn"))
        style = self._read.get(key or "", Style())
        for one in reversed(chain):
            style = self._read[one] = _over(style, self.elements[one])
        return style


def _over(base: Style, element: Element) -> Style:
    name = (value(part(element, "name")) or "").lower()
    runs, paragraph = part(element, "rPr"), part(element, "pPr")
    bold, hidden = switch(runs, "b"), switch(runs, "vanish")
    level = part(paragraph, "outlineLvl")
    numbered = part(paragraph, "numPr")
    own = (value(part(numbered, "numId")), value(part(numbered, "ilvl")))
    return Style(
        base.bold if bold is None else bold,
        base.hidden if hidden is None else hidden,
        base.heading or name.startswith("heading ") or name in {"title", "subtitle"} or (value(level) or "9") < "9",
        base.title or name == "title",
        (own[0] or base.numbering[0], own[1] or base.numbering[1]),
    )
