"""Reads what stands where a name may stand: number, name, roles in brackets or behind a comma, time code."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from qa_service.sources.lines import BLANK, TIME_ALONE, TIME_BEFORE, TIME_BEHIND
from qa_service.sources.words import (
    ABBREVIATED,
    ANSWERERS,
    ASKERS,
    CROWD,
    HOSTS,
    NOT_NAMES,
    NUMBERED,
    ONLY_ALONE,
    PARTICLES,
    PARTS,
    PREPOSITIONS,
    PRESIDING,
    QUESTIONED,
    SEVERAL,
    STAGE,
    TITLES,
)

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
_NUMBER = re.compile(r"(?P<asks>[QP]?)\s?\(?\d{1,4}[.)]?[ \t]++(?=[^\W\d_])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_INITIALS = re.compile(r"\.\s?[^\W\d_]$")  # `H. M.` keeps its last full stop
_OFFICE = re.compile(
    "[司部局处科课課会院校厂总省市县县区州郡]长|[部局課室次市町村区省庁委員会議]長|主任|发言人|發言人|主席|董事|教授|先生|女士|代表|委员|委員|书记|書記"
    "|总理|总统|大使|经理|大臣|知事|参考人|議員|장관|차관|과장|국장|실장|대변인|의원|위원|총리|대통령|대표"
)
_CODE = re.compile(r"[A-Z]{1,3}\?")  # one of the participants, nobody knows which
_ASIDE = re.compile(r"\s+(?:--|–|—|\||/)\s+")


_ANSWER_WORDS = frozenset(word for word in ANSWERERS if len(word) > 1 or word == "答")


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
    if not _can_be_a_name(name) or (loose and any(c.isdecimal() for other in others for c in other)):
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


@lru_cache(NAMES)
def is_capitalised(name: str) -> bool:
    """Whether it is written as a person's name is: capitals, but for particles; or letters without capitals."""
    words = name.replace(",", " ").split()
    return bool(words) and all(_begins_large(w) or w.casefold().rstrip(".") in PARTICLES for w in words)


def _begins_large(word: str) -> bool:
    first = word.lstrip("\"'“‘(《〈")[:1]
    return first.isalpha() and (first.isupper() or first.lower() == first.upper())


def is_caseless(name: str) -> bool:
    """Whether its script knows no capitals."""
    return name.lower() == name.upper() and any(c.isalpha() for c in name)


def names_an_office(name: str) -> bool:
    """Whether a name in a script without capitals holds somebody's office: `港口司司长贾树声`, `大沼市長`."""
    return _OFFICE.search(name) is not None


def is_numbered(head: Head) -> bool:
    """Whether it is a name such as `speaker 1`, `发言人2` or `Audience Member 12`."""
    match = re.fullmatch(r"(?P<word>.*?[^\W\d_])[\s_#]*(?P<number>\d{1,3})", head.name)
    if not match:
        return False
    words = re.split(r"[\s_]+", match["word"])
    if words[-1].casefold() not in NUMBERED:
        return False
    return len(words) == 1 or all(map(_begins_large, words))


def is_unnamed(head: Head) -> bool:
    """`Unknown Speaker`, `UNIDENTIFIED MALE`: somebody whom nobody could name."""
    words = head.words
    return len(words) > 1 and words[0] in {"unknown", "unidentified", "unnamed", "unbekannter", "неизвестный"}


@lru_cache(NAMES)
def role_of(head: Head) -> str | None:
    """What the words of a label say: `asks`, `answers`, `hosts`, `presides`, `crowd`; None for a mere name."""
    words = [re.sub(r"\d+$", "", word) or word for word in head.words]
    roles = {word.casefold() for role in head.roles for word in _WORD.findall(role)}
    plain = re.sub(r"\s*\d+$", "", head.key).removeprefix("the ")
    if plain in QUESTIONED or roles & _ANSWER_WORDS:
        return "answers"
    if plain in ANSWERERS and (len(plain) > 1 or plain == head.key):
        return "answers"
    if head.asks or plain in ASKERS or (ASKERS - ONLY_ALONE) & (roles | set(words)):
        return "asks"
    if is_caseless(head.name) and head.name.endswith(("记者", "記者", "기자", "记者问", "記者問")):
        return "asks"
    if plain in HOSTS or (words and words[-1] in HOSTS) or roles & HOSTS:
        return "hosts"
    own = [word for word in words if word not in TITLES or word in PRESIDING]
    if own and all(word in PRESIDING | PARTICLES | {"pro", "tempore", "temporary", "deputy", "acting"} for word in own):
        return "presides"
    if words and words[0] in {"vizepräsident", "vizepräsidentin", "präsident", "präsidentin"}:
        return "presides"
    if words and words[0] in SEVERAL and set(words[1:]) & (CROWD | {"member", "député", "députée"}):
        return "crowd"
    if words and words[-1] in CROWD and all(word in CROWD | {"hon", "several", "the", "honourable"} for word in words):
        return "crowd"
    return None


def names_nobody(name: str) -> bool:
    """Whether the label only says that here is an answer: `A`, `Answer 3`, `Réponse`."""
    plain = re.sub(r"\s*\d+$", "", name.casefold())
    return plain in ANSWERERS and (len(plain) > 1 or plain == name.casefold())


@lru_cache(NAMES)
def is_nothing(head: Head) -> bool:
    """Whether the words are known to be no name: `Note`, `Break`, `Laughter`."""
    words = head.words
    if head.key.replace(" ", "-") in NOT_NAMES:
        return True
    if words and words[-1] in PREPOSITIONS | {"of", "by"}:
        return True
    return bool(words and (words[0] in PARTS | PREPOSITIONS or set(words) & STAGE))


def has_title(head: Head) -> bool:
    """Whether it opens as a label does that ends in a full stop: `Mr. Lund`, `The Chairman`, `M. le président`."""
    first, *rest = head.name.split()
    plain = first.casefold()
    if plain == "the":
        return bool(rest) and (rest[0].casefold() in TITLES | PRESIDING | {"witness"} or rest[0].isupper())
    return (plain in TITLES and len(plain) > 2 and bool(rest)) or plain in {"m.", "mr", "ms"}


def is_shouted(name: str) -> bool:
    """Whether it is printed in capitals."""
    letters = [c for c in name if c.isalpha()]
    return len(letters) > 2 and name.isupper()
