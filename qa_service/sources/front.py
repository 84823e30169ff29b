"""What stands before the first label: a title, and speech or an editor's introduction."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa_service.sources.paragraphs import RawParagraph
from qa_service.sources.words import GREETINGS

FEWEST_PARAGRAPHS = 3  # of prose in the first person that are speech without a greeting
SHORTEST = 60  # characters of a paragraph of prose
MOST_NAMES = 500  # that are looked for in an introduction: a text of more is a list
_GREETING = re.compile(rf"[\"“„«]?(?:(?:all right|alright|okay|ok|so|well|now)[,.]?\s+)*(?:{GREETINGS})", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"(?:introductory|opening|prepared)\s+(?:statement|remarks)|冒頭発言|开场白|eingangsstatement|einleitende"
    r"|déclaration liminaire|declaración inicial",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:I|we|our|my|wir|unser\w*|ich|nous|notre|nosotros|nuestr\w+|noi)\b|我们|我が|私", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Front:
    """`speech` is searched, `silent` is not; `title` is the first line, where it is one."""

    title: str | None
    speech: list[RawParagraph]
    silent: list[RawParagraph]


def read_front(paragraphs: Sequence[RawParagraph], names: Collection[str], *, alone: bool = False) -> Front:
    """Tell speech from a title and an introduction. `names`: everybody who has a label.

    `alone`: there is no label at all and the metadata name one speaker, so all prose is that one's.
    """
    printed = [p for p in paragraphs if p.piece.text and p.noise not in {"front matter", "page number", "ornament"}]
    first = printed[0].piece.text if printed and printed[0].noise in {None, "heading"} else ""
    title = first.lstrip("# ").strip("*_ ") if first and "\n" not in first else None
    prose = [p for p in printed if not p.noise and p.ends_sentence]
    begins = next((p for p in prose if _GREETING.match(p.piece.text)), None) or _announced(printed, prose)
    if alone:
        begins = prose[0] if prose else None
    if begins is None and _is_speech(prose, names):
        begins = next(p for p in prose if len(p.piece.text) >= SHORTEST)
    speech = [p for p in prose if begins and p.number >= begins.number]
    chosen = {p.number for p in speech}
    untitled = printed[1:] if title else printed
    return Front(title or None, speech, [p for p in untitled if p.number not in chosen])


def _announced(printed: Sequence[RawParagraph], prose: Sequence[RawParagraph]) -> RawParagraph | None:
    """The paragraph behind a heading such as `Introductory statement`."""
    heading = next((p for p in printed if len(p.piece.text) < 120 and _ANNOUNCED.search(p.piece.text)), None)
    return next((p for p in prose if heading and p.number > heading.number and len(p.piece.text) >= SHORTEST), None)


def _is_speech(prose: Sequence[RawParagraph], names: Collection[str]) -> bool:
    """Several paragraphs in the first person in which nobody who speaks later is named."""
    long = [p.piece.text for p in prose if len(p.piece.text) >= SHORTEST]
    whole = " ".join(long).casefold()
    surnames = list(dict.fromkeys(name.casefold().split()[-1] for name in names if len(name) > 2))[:MOST_NAMES]
    own = sum(_FIRST_PERSON.search(text) is not None for text in long)
    return len(long) >= FEWEST_PARAGRAPHS and own * 2 >= len(long) and not any(name in whole for name in surnames)
