"""Word's automatic numbers: `Q.`, `A.`, `12.` stand in no paragraph, only in the list it belongs to."""

from dataclasses import dataclass, field

from qa_service.sources.formats.markup import Element, tag
from qa_service.sources.formats.word_styles import W, part, value

LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LETTERS = frozenset("QA")  # of a bullet: any other is a sign of a font of signs


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted."""

    lists: dict[str, str] = field(default_factory=dict)  # by the id that paragraphs name, that of what it looks like
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    overrides: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element | None) -> "Numbering":
        """From the root of the numbering's part."""
        found = cls()
        for element in root if root is not None else ():
            key = element.get(f"{W}abstractNumId")
            if tag(element) == "abstractNum" and key:
                found.levels[key] = _levels(element)
        for element in root if root is not None else ():
            key, looks = element.get(f"{W}numId"), value(part(element, "abstractNumId"))
            if tag(element) == "num" and key and looks:
                found.lists[key] = looks
                found.overrides[key] = _overrides(element, found.levels.get(looks, {}))
        return found

    def next(self, number: str | None, level: str | None) -> str:
        """What stands before the next paragraph of a list; empty for bullets and for lists that aren't known."""
        depth = int(level) if level and level.isdecimal() else 0
        if number is None or number not in self.lists or depth >= LEVELS:
            return ""
        looks = self.lists[number]
        levels = self.levels.get(looks, {})
        own = self.overrides[number].get(depth)
        counts = self.counts.setdefault(looks, [])
        while len(counts) <= depth:
            counts.append(levels.get(len(counts), _Level()).start - 1)
        if own is not None and (number, depth) not in self.begun:
            counts[depth] = own.start - 1
        self.begun.add((number, depth))
        counts[depth] += 1
        del counts[depth + 1 :]
        shown = own or levels.get(depth)
        if shown is None or (shown.form == "bullet" and len(shown.text) < 2 and shown.text not in _LETTERS):
            return ""
        text = shown.text
        for i, count in enumerate(counts):
            text = text.replace(f"%{i + 1}", _printed(count, levels.get(i, _Level()).form if i < depth else shown.form))
        return text.strip() if any(c.isalnum() for c in text) else ""


def _levels(element: Element) -> dict[int, _Level]:
    found = {}
    for level in element:
        depth = level.get(f"{W}ilvl") if tag(level) == "lvl" else None
        if depth and depth.isdecimal():
            found[int(depth)] = _level(level)
    return found


def _level(element: Element) -> _Level:
    return _Level(
        value(part(element, "numFmt")) or "decimal",
        (value(part(element, "lvlText")) or "")[:40],
        _whole(value(part(element, "start"))),
    )


def _overrides(element: Element, levels: dict[int, _Level]) -> dict[int, _Level]:
    found = {}
    for override in element:
        depth = override.get(f"{W}ilvl") if tag(override) == "lvlOverride" else None
        if not depth or not depth.isdecimal():
            continue
        level = part(override, "lvl")
        own = _level(level) if level is not None else levels.get(int(depth), _Level())
        start = value(part(override, "startOverride"))
        found[int(depth)] = _Level(own.form, own.text, _whole(start) if start is not None else own.start)
    return found


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 1


def _printed(count: int, form: str) -> str:
    if form in {"none", "bullet"}:
        return ""
    if form in {"upperLetter", "lowerLetter"} and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min(10, (count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"upperRoman", "lowerRoman"} and 0 < count < 4000:
        roman, rest = "", count
        for number, letters in _ROMAN:
            roman += letters * (rest // number)
            rest %= number
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02d}" if form == "decimalZero" else str(count)
