"""Recognises who a line says is speaking: `Reporter:`, `Q:`, `NAME (ROLE):`, a label alone on its line."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

# Words that name the one who asks, whatever the interview's language.
ASKERS = frozenset(
    "reporter journalist interviewer host moderator question press correspondent anchor audience chair "
    "chairman chairwoman chairperson presenter q reporters questioner journaliste présentateur frage "
    "reporterin journalistin moderatorin interviewerin pregunta periodista entrevistador entrevistadora "
    "domanda giornalista intervistatore pergunta jornalista entrevistadora вопрос корреспондент журналист "
    "ведущий 记者 问 主持人 提问 質問 記者 질문 기자".split()
)
ANSWERERS = frozenset("a answer answers antwort réponse respuesta risposta resposta ответ 答 答复 回答 답변".split())
# Words that a number behind them makes a person whom nobody could name: `Speaker 1`, unlike `Phase 2`.
NUMBERED = frozenset(
    "speaker respondent participant interviewee guest panelist panellist witness caller member voice person male "
    "female man woman patient student teacher client user delegate sprecher sprecherin teilnehmer teilnehmerin "
    "befragter befragte locuteur locutrice intervenant intervenante participante hablante orador entrevistado "
    "entrevistada falante parlante partecipante спикер участник респондент говорящий "
    "说话人 发言人 讲话人 受访者 参与者 話者 화자 참석자".split()
)
# A paragraph may open with one of these and a colon; it is not somebody's name.
NOT_NAMES = frozenset(
    "note notes source sources example examples update warning summary first second third fourth fifth finally "
    "editor's-note photo picture video caption background date time place location subject topic title "
    "注 注意 备注 来源 例如 比如 更新 总结 第一 第二 第三 第四 第五 首先 其次 最后 "
    "图 图片 视频 背景 日期 时间 地点 题目 主题 标题".split()
)
PARTICLES = frozenset("de la le van von der den bin al el da das dos du of the and und y e af av ibn ben &".split())

MAX_CASELESS_NAME = 8  # characters of a one-word name in a script without capitals, such as 金壮龙

# Runs are possessive (`*+`) and a name ends in no space, so that no line makes a pattern try out where to part them.
_INLINE = re.compile(
    r"(?:\*\*|\[)?(?P<name>[^\W\d_](?:[^\n:：()\[\]*?!؟]{0,58}?[^\s:：()\[\]*?!؟])??)\s*+"
    r"(?:\((?P<role>[^()\n]{1,80})\)\s*+)?(?:(?:\*\*|\])\s*+)?[:：]\s*+(?:\*\*\s*+)?"
)
# What a recorder or a caption puts before a label: a time code, `>>`.
_STAMP = r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[\])]?"
_BEFORE = re.compile(rf"(?:{_STAMP}\s+)?(?:>{{2,}}\s*+)?")
_STAMPED = re.compile(r"(?P<name>[^\W\d_](?:[^\n:：()\[\]*?!؟]{0,58}?[^\s:：()\[\]*?!؟])??)" rf"\s++{_STAMP}\s*+$")
_Q_AND_A = re.compile(r"(?P<name>[QA])\s?\d{0,3}\s?[.:)]\s+", re.IGNORECASE)
_ALONE = re.compile(
    r"(?:\*\*|\[)?(?P<name>[^\W\d_](?:[^\n:：()\[\]*_.?!؟,]{0,38}?[^\s:：()\[\]*_.?!؟,])??)\s*+"
    r"\d{0,3}(?:\*\*|\])?[\s_:：.\-–—]*+$"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker label: the name as printed but for NFC, and where on the line the words behind it begin."""

    name: str
    role: str | None
    text_from: int
    asks: bool | None  # None: a name, the parser decides from what that person says


class LabelReader:
    """Reads labels off the lines of one document, which it has seen whole once."""

    def __init__(self, lines: Iterable[str], known: Collection[str] = ()) -> None:
        """`known`: names the metadata gives, accepted wherever they stand before a colon or alone."""
        lines = [line[_before(line) :] for line in lines]
        self._known = {nfc(name).casefold() for name in known}
        letters = {m["name"].upper() for line in lines if (m := _Q_AND_A.match(line))}
        self._has_q_and_a = letters == {"Q", "A"}
        self._counts = Counter(_clean(m["name"]) for line in lines if (m := _INLINE.match(line)))

    def read(self, line: str) -> Label | None:
        """The label a line opens with, maybe after a time code, or None."""
        before = _before(line)
        label = self._read(line[before:])
        return replace(label, text_from=label.text_from + before) if label else None

    def _read(self, line: str) -> Label | None:
        if self._has_q_and_a and (match := _Q_AND_A.match(line)):
            letter = match["name"].upper()
            return Label(letter, None, match.end(), asks=letter == "Q")
        if match := _ALONE.match(line):
            name = _clean(match["name"])
            word = name.casefold()
            if word in ASKERS or word in self._known or _last_word(name) in ASKERS:
                return Label(name, None, len(line), asks=_asks(name))
        if (match := _STAMPED.match(line)) and _is_name(_clean(match["name"])):
            name = _clean(match["name"])
            return Label(name, None, len(line), asks=_asks(name))
        if (match := _INLINE.match(line)) and self._is_speaker(match, line[match.end() :]):
            name = _clean(match["name"])
            return Label(name, match["role"], match.end(), asks=_asks(name))
        return None

    def _is_speaker(self, match: re.Match[str], words_behind: str) -> bool:
        name = _clean(match["name"])
        if name.casefold() in self._known or _asks(name) is not None:
            return True
        words = re.split(r"[\s,_]+", name)
        if _is_numbered(words):  # said once, "Take client 2: …" begins a sentence
            return len(words) == 2 or self._counts[name] > 1 or match["role"] is not None
        if name.casefold().replace(" ", "-") in NOT_NAMES or not 1 <= len(words) <= 7:
            return False
        if not _is_name(name):
            return False
        if self._counts[name] > 1 or match["role"] is not None:
            return True
        # Named once: a person has a first and a last name and begins a sentence; "Title: a subtitle" does not.
        whole_name = len(words) > 1 or (name.lower() == name.upper() and len(name) <= MAX_CASELESS_NAME)
        return whole_name and not self._has_q_and_a and not words_behind[:1].islower()


def nfc(name: str) -> str:
    """The name with its accents composed: as printed they may stand apart from their letters (macOS, PDF)."""
    return unicodedata.normalize("NFC", name)


def names_nobody(name: str) -> bool:
    """Whether the label only says that here is an answer: `A`, `Answer 3`, `Réponse`."""
    return _asks(name) is False


def _before(line: str) -> int:
    """Where a line's label, if it has one, begins."""
    match = _BEFORE.match(line)
    return match.end() if match else 0


def _is_name(name: str) -> bool:
    words = name.replace(",", " ").split()
    return 1 <= len(words) <= 7 and all(_capitalised(w) or w.casefold() in PARTICLES for w in words)


def _clean(name: str) -> str:
    return nfc(re.sub(r"\s+", " ", name)).strip(" *_-–—.\u3000")


def _last_word(name: str) -> str:
    return name.split()[-1].casefold() if name else ""


def _asks(name: str) -> bool | None:
    word = name.casefold().removeprefix("the ")
    unnumbered = re.sub(r"\s*\d+$", "", word)
    if word in ASKERS or unnumbered in ASKERS:
        return True
    # "A4" is a size of paper, "Answer 4" an answer.
    return False if word in ANSWERERS or (len(unnumbered) > 1 and unnumbered in ANSWERERS) else None


def _is_numbered(words: list[str]) -> bool:
    """Whether these are a name such as `speaker 1` or `Audience Member 12`."""
    if len(words) < 2 or not re.fullmatch(r"#?\d{1,3}", words[-1]) or words[-2].casefold() not in NUMBERED:
        return False
    return len(words) == 2 or all(map(_capitalised, words[:-1]))


def _capitalised(word: str) -> bool:
    first = word.lstrip("\"'“‘(")[:1]
    return first.isalpha() and (first.isupper() or first.lower() == first.upper())
