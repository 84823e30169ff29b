"""What the words of a name tell: whether it is one, whether it asks, answers, leads or presides."""

import re
from functools import lru_cache

from qa_service.sources.calendar_words import MONTHS
from qa_service.sources.heads import NAMES, Head
from qa_service.sources.words import (
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

MOST_ROLE_WORDS = 4  # of a role that is looked at: more are a sentence behind a comma
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_MONTH_AND_YEAR = re.compile(r"[^\W\d_]+\.? \d{4}")
_ANSWER_WORDS = frozenset(word for word in ANSWERERS if len(word) > 1 or word == "答")
_OFFICE = re.compile(
    "[司部局处科课課会院校厂总省市县县区州郡]长|[部局課室次市町村区省庁委員会議]長|主任|发言人|發言人|主席|董事|教授|先生|女士|代表|委员|委員|书记|書記"
    "|总理|总统|大使|经理|大臣|知事|参考人|議員|장관|차관|과장|국장|실장|대변인|의원|위원|총리|대통령|대표"
)


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
    short = [role for role in head.roles if len(role.split()) <= MOST_ROLE_WORDS]
    roles = {word.casefold() for role in short for word in _WORD.findall(role)}
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
    if _MONTH_AND_YEAR.fullmatch(head.name) and words[0] in MONTHS:
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
