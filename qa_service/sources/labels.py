"""Recognises who a line says is speaking: `Reporter:`, `Q:`, `NAME (ROLE):`, a label alone on its line."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Words that name the one who asks, whatever the interview's language.
ASKERS = frozenset(
    "reporter journalist interviewer host moderator question press correspondent anchor audience chair "
    "chairman chairwoman chairperson presenter q reporters questioner journaliste présentateur frage "
    "reporterin journalistin moderatorin interviewerin pregunta periodista entrevistador entrevistadora "
    "domanda giornalista intervistatore pergunta jornalista entrevistadora вопрос корреспондент журналист "
    "ведущий 记者 问 主持人 提问 質問 記者 질문 기자".split()
)
ANSWERERS = frozenset("a answer answers antwort réponse respuesta risposta resposta ответ 答 答复 回答 답변".split())
# A paragraph may open with one of these and a colon; it is not somebody's name.
NOT_NAMES = frozenset(
    "note notes source sources example examples update warning summary first second third fourth fifth finally "
    "editor's-note photo picture video caption background date time place location subject topic title".split()
)
PARTICLES = frozenset("de la le van von der den bin al el da das dos du of the and und y e af av ibn ben".split())

_INLINE = re.compile(
    r"(?P<open>\*\*|\[)?(?P<name>[^\W\d_][^\n:：()\[\]*?!]{0,59}?)\s*(?:\((?P<role>[^()\n]{1,80})\))?\s*"
    r"(?:\*\*|\])?\s*[:：]\s*(?:\*\*)?\s*"
)
_Q_AND_A = re.compile(r"(?P<name>[QA])\s?\d{0,3}\s?[.:)]\s+", re.IGNORECASE)
_ALONE = re.compile(r"(?:\*\*|\[)?(?P<name>[^\W\d_][^\n:：()\[\]*_.?!,]{0,39}?)\s*\d{0,3}(?:\*\*|\])?[\s_:：.\-–—]*$")


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker label: the name as printed, and where on the line the words behind it begin."""

    name: str
    role: str | None
    text_from: int
    asks: bool | None  # None: a name, the parser decides from what that person says


class LabelReader:
    """Reads labels off the lines of one document, which it has seen whole once."""

    def __init__(self, lines: Iterable[str], known: Collection[str] = ()) -> None:
        """`known`: names the metadata gives, accepted wherever they stand before a colon or alone."""
        lines = list(lines)
        self._known = {name.casefold() for name in known}
        letters = {m["name"].upper() for line in lines if (m := _Q_AND_A.match(line))}
        self._has_q_and_a = letters == {"Q", "A"}
        self._counts = Counter(_clean(m["name"]) for line in lines if (m := _INLINE.match(line)))

    def read(self, line: str) -> Label | None:
        """The label a line opens with, or None."""
        if self._has_q_and_a and (match := _Q_AND_A.match(line)):
            letter = match["name"].upper()
            return Label(letter, None, match.end(), asks=letter == "Q")
        if match := _ALONE.match(line):
            name = _clean(match["name"])
            word = name.casefold()
            if word in ASKERS or word in self._known or _last_word(name) in ASKERS:
                return Label(name, None, len(line), asks=_asks(name))
        if (match := _INLINE.match(line)) and self._is_speaker(_clean(match["name"]), match["role"]):
            name = _clean(match["name"])
            return Label(name, match["role"], match.end(), asks=_asks(name))
        return None

    def _is_speaker(self, name: str, role: str | None) -> bool:
        word = name.casefold()
        if word in self._known or _asks(name) is not None:
            return True
        words = name.replace(",", " ").split()
        if word.replace(" ", "-") in NOT_NAMES or not 1 <= len(words) <= 7:
            return False
        if not all(_capitalised(w) or w.casefold() in PARTICLES for w in words):
            return False
        return len(words) > 1 or role is not None or self._counts[name] > 1


def _clean(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip(" *_-–—.\u3000")


def _last_word(name: str) -> str:
    return name.split()[-1].casefold() if name else ""


def _asks(name: str) -> bool | None:
    word = name.casefold().removeprefix("the ")
    if word in ASKERS or re.sub(r"\s*\d+$", "", word) in ASKERS:
        return True
    return False if word in ANSWERERS else None


def _capitalised(word: str) -> bool:
    first = word.lstrip("\"'“‘(")[:1]
    return first.isalpha() and (first.isupper() or first.lower() == first.upper())
