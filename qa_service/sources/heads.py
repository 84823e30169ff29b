"""Reads what stands where a name may stand: number, name, roles in brackets or behind a comma, time code."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from qa_service.sources.lines import BLANK, TIME_ALONE, TIME_BEFORE, TIME_BEHIND
from qa_service.sources.words import ABBREVIATED

NAMES = 4096  # read lately: a text has few names, and each of them often
LONGEST = 90  # characters of a name without its roles
MOST_WORDS = 8
SHORT_TITLE = 6  # letters and the full stop of a title such as `Smt.`
_MARKS = "*_#>|•·●○◯◆◇■□▼▽◎△▲▶►▷☞※-–—" + BLANK
_BEHIND = "*_|-–—:：." + BLANK
_BEHIND_HEAD = "*_#|" + BLANK
_CLOSING = {
    "[": "]",
    "(": ")",
    "（": "）",
    "【": "】",
    "<": ">",
    "［": "］",
    "〔": "〕",
    "《": "》",
    "〈": "〉",
    "{": "}",
}
_GROUP = re.compile(r"\s*+[\[(（［]([^\[\]()（）［］]{0,120})[\])）］]$")
_GROUP_INSIDE = re.compile(r"(?P<name>[^()\[\]]{2,60}?)\s*\((?P<group>[^()]{1,80})\)(?P<behind>[^():：]*)$")
_NUMBER = re.compile(r"(?:[^\W\d_]{2,8}\.\s+)?(?P<asks>[QP]?)\s?\(?\d{1,4}[.)]?[ \t]++(?=[^\W\d_])", re.IGNORECASE)
_NICKNAME = re.compile(r"\s[\"“'‘][^\W\d_]+[\"”'’](?=\s)")  # Bertrand “Bert” Lund
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_INITIALS = re.compile(r"\.\s?[^\W\d_]$")  # `H. M.` keeps its last full stop
_NOT_IN_ROLES = frozenset('"“”„«»?!;')
_CODE = re.compile(r"[A-Z]{1,3}\?")  # one of the participants, nobody knows which
_PARTY = re.compile(r"[A-Z](?:[\w.&-]{0,5}|[\w/&-]*[A-Z][\w/&-]*)")
_ASIDE = re.compile(r"\s+(?:--|–|—|\||/)\s+")


@dataclass(frozen=True, slots=True)
class Head:
    """A name as printed (NFC), what is said of it, and whether a question's running number stood before it."""

    name: str
    roles: tuple[str, ...] = ()
    asks: bool = False
    timed: bool = False
    bracketed: bool = False  # a role stands in brackets behind the name
    loose: bool = False  # a comma parts the name from its role, which a sentence might do as well

    @property
    def key(self) -> str:
        """What tells people apart: the name without regard to capitals."""
        return self.name.casefold()

    @property
    def of_a_party(self) -> bool:
        """Whether a party's short name stands behind it in brackets: `(Lab)`, `(Verts/ALE)`."""
        return self.bracketed and _PARTY.fullmatch(self.roles[-1]) is not None

    @property
    def words(self) -> list[str]:
        """The words of the name, casefolded."""
        return [word.casefold().rstrip(".") for word in _WORD.findall(self.name)]


def nfc(name: str) -> str:
    """The name with its accents composed: as printed they may stand apart from their letters (macOS, PDF)."""
    return unicodedata.normalize("NFC", name)


def clean_name(name: str) -> str:
    """The name with single spaces and without marks around it."""
    name = nfc(re.sub(r"\s+", " ", name)).lstrip(_MARKS).rstrip(_BEHIND)
    return f"{name}." if _INITIALS.search(name) else name


@lru_cache(NAMES)
def read_head(text: str) -> Head | None:
    """A name with what belongs to it; None for what can't be one."""
    text = text.lstrip(_MARKS).rstrip(_BEHIND_HEAD)
    asks = False
    if match := _NUMBER.match(text):
        text, asks = text[match.end() :], bool(match["asks"])
    text, timed = without_times(text)
    if text[:1] in _CLOSING and text[-1:] == _CLOSING[text[0]] and text[0] not in "《〈" and text[0] not in text[1:]:
        text = text[1:-1].strip(_MARKS)
    roles: list[str] = []
    while match := _GROUP.search(text.rstrip(_BEHIND)):
        if not TIME_ALONE.fullmatch(match[1]) and match[1].strip():
            roles.insert(0, nfc(match[1].strip()))
        text = text[: match.start()]
        text, more = without_times(text)
        timed |= more
    if match := _GROUP_INSIDE.match(text):
        text, behind = match["name"], match["behind"].strip(", ")
        roles = [nfc(part) for part in (match["group"].strip(), behind) if part] + roles
    name, *others = _ASIDE.split(text, maxsplit=2) if "," not in text.split(" -- ")[0] else [text]
    name, comma, rest = name.partition(", ")
    loose = bool(others) or (bool(comma) and len(rest) > 1)
    if comma and len(rest) > 1:
        others.insert(0, rest)
    name = clean_name(name)
    if not _can_be_a_name(name) or (
        loose and any(c.isdecimal() or c in _NOT_IN_ROLES for other in others for c in other)
    ):
        return None
    return Head(
        name, tuple(nfc(other.strip(_BEHIND)) for other in others) + tuple(roles), asks, timed, bool(roles), loose
    )


def without_times(text: str) -> tuple[str, bool]:
    """The text without time codes at its start and end, and whether there was one."""
    timed = False
    while match := TIME_BEHIND.search(text[-48:]):
        text, timed = text[: len(text) - len(match.group())].rstrip(BLANK), True
    if match := TIME_BEFORE.match(text):
        text, timed = text[match.end() :].lstrip(_MARKS), True
    return text, timed


def _can_be_a_name(name: str) -> bool:
    if _CODE.fullmatch(name):
        return True
    name = _NICKNAME.sub("", name)
    if not name or len(name) > LONGEST or not (name[0].isalpha() or name[0] in "《〈"):
        return False
    if any(mark in name for mark in ':：?!؟？！。；;\t"“”[](){}*…'):
        return False
    words = name.split()
    if len(words) > MOST_WORDS:
        return False
    return all(not w.endswith(".") or is_abbreviation(w) or len(w) < SHORT_TITLE for w in words[:-1])


def is_abbreviation(word: str) -> bool:
    """Whether a full stop behind the word ends no name: `Mr.`, `J.`."""
    plain = word.rstrip(".").casefold()
    return plain in ABBREVIATED or len(plain) == 1 or "." in plain or (len(plain) < 4 and word[:-1].isupper())
