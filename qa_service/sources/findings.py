"""Looks at a text as it was read, as a whole: what is doubtful is said, and beyond a bound the text is refused."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa_service.errors import SourceError
from qa_service.language.sentences import QUESTION, sentence_spans
from qa_service.records import Exchange, Paragraph
from qa_service.sources.front import Front
from qa_service.sources.turns import Turn, TurnsRead

DOUBTED = 0.12  # of the statements' characters, that may be doubtful; more, and the text was not understood
FEWEST_DOUBTED = 3  # statements: fewer are chance
MANY = 6  # turns, from which somebody speaks again in a conversation
COMING_AGAIN = 0.3  # of the turns, that are of somebody who speaks again
NEARLY_ALL = 0.98  # of the words of a text in which nobody else speaks
WORTH_TELLING = 12  # words of a turn that is not searched
LISTED = 8  # lines a note names
HOW_TO_LABEL = "begin each question with 'Reporter:' or 'Q:' and each answer with its speaker's name or 'A:'"
_ODD_OPENING = re.compile(r"[\[(<]?[A-Z][\w.'’ -]{0,30}?\s?[^\w\s.,;!?'\"’”)—–-]{1,3}(?=\s)")
_LIKE_A_LABEL = re.compile(r"(?:Q\s?\d*[.:\s]|\[?SPEAKER[ _]\d|[A-Z][A-Z.'’ -]{3,40}[:.]\s)")


@dataclass(frozen=True, slots=True)
class Note:
    """What was doubtful in reading a text, and on which lines."""

    text: str
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        if not self.lines:
            return self.text
        named = ", ".join(map(str, self.lines[:LISTED])) + (", …" if len(self.lines) > LISTED else "")
        return f"{'line' if len(self.lines) == 1 else 'lines'} {named}: {self.text}"


def find_doubts(
    text: str,
    front: Front,
    read: TurnsRead,
    exchanges: Sequence[Exchange],
    lines_of: dict[int, int],
    *,
    stated: bool = False,
) -> list[Note]:
    """Every doubt about a text as it was read. Raises SourceError beyond what can be kept.

    `lines_of`: by paragraph number its line. `stated`: the format says who speaks, so that is not doubted.
    """
    notes = []
    if front.speech:
        spoken = tuple(p.line for p in front.speech)
        notes.append(
            Note("stands before the first speaker's name; searched under the metadata's speaker or nobody", spoken)
        )
    silent = tuple(p.line for p in front.silent if p.ends_sentence and not p.noise)
    if silent:
        notes.append(
            Note("stands before the first speaker's name and reads like an introduction; not searched", silent)
        )
    if read.empty:
        notes.append(Note("a label without words behind it; skipped", tuple(read.empty)))
    notes += _loops(read)
    aside = tuple(turn.line for turn in read.turns if turn.kind == "aside" and turn.words >= WORTH_TELLING)
    if aside:
        notes.append(Note("neither asks nor answers, as a chair's order or an objection; not searched", aside))
    if not stated:
        notes += _once_among_many(read.turns)
    notes += _one_speaker(read.turns, exchanges, stated=stated)
    return notes + _doubtful_statements(exchanges, lines_of, stated=stated)


def _loops(read: TurnsRead) -> list[Note]:
    repeated = tuple(p.line for p in read.repeated)
    return (
        [Note("the same words over and over, as a recogniser's loop prints them; kept once", repeated)]
        if repeated
        else []
    )


def _once_among_many(turns: Sequence[Turn]) -> list[Note]:
    """A name that speaks once where others speak often may be none."""
    counts = Counter(turn.key for turn in turns)
    often = sum(count > 2 for count in counts.values())
    once = [t for t in turns if counts[t.key] == 1 and t.name and t.says is None and t.kind == "answers"]
    if often < 2 or len(once) > 3:
        return []
    return [Note(f"{turn.name!r} speaks only here; is it a name?", (turn.line,)) for turn in once]


def _one_speaker(turns: Sequence[Turn], exchanges: Sequence[Exchange], *, stated: bool) -> list[Note]:
    notes = []
    words: Counter[str] = Counter()
    for turn in turns:
        words[turn.key] += turn.words
    if not stated and len(turns) > 2 and words and max(words.values()) > NEARLY_ALL * sum(words.values()):
        name = max(words, key=lambda key: words[key])
        said = next(turn.name for turn in turns if turn.key == name) or "somebody without a name"
        notes.append(Note(f"{said!r} has nearly all words; are other speakers' labels read?"))
    if not any(exchange.question for exchange in exchanges):
        notes.append(Note("no question was found: everything said is searched as statements that nobody asked for"))
    return notes


def _doubtful_statements(exchanges: Sequence[Exchange], lines_of: dict[int, int], *, stated: bool) -> list[Note]:
    answers = [answer for exchange in exchanges for answer in exchange.answers]
    openings = Counter(_opening(answer.piece.text) for answer in answers)
    labelled = [a for a in answers if _opens_like_a_label(a.piece.text, openings)]
    seen = {a.number for a in labelled}
    asking = [a for a in answers if a.number not in seen and _only_asks(a.piece.spoken)]
    notes = []
    if labelled:
        notes.append(Note("a statement that opens like a label", tuple(lines_of[a.number] for a in labelled)))
    if asking:
        notes.append(Note("a statement that only asks", tuple(lines_of[a.number] for a in asking)))
    if stated:
        return notes
    doubtful = sum(len(a.piece.text) for a in (*labelled, *asking))
    if len(asking) + len(labelled) >= FEWEST_DOUBTED and doubtful > DOUBTED * sum(len(a.piece.text) for a in answers):
        raise SourceError(_misunderstood(labelled, asking), line=lines_of[(labelled or asking)[0].number])
    return notes


def _misunderstood(labelled: Sequence[Paragraph], asking: Sequence[Paragraph]) -> str:
    """Why a text is refused whose statements look like labels or questions."""
    what = f"{len(labelled)} of its statements open like a label" if labelled else f"{len(asking)} statements only ask"
    shown = f" ({_opening(labelled[0].piece.text) or labelled[0].piece.text[:20]!r})" if labelled else ""
    return f"{what}{shown}, so who says what was not understood; {HOW_TO_LABEL}"


def _opening(text: str) -> str:
    """What stands at a statement's start in front of a mark that no sentence has there: `QUESTION>>`; empty if none."""
    match = _ODD_OPENING.match(text)
    return match.group() if match else ""


def _opens_like_a_label(text: str, openings: Counter[str]) -> bool:
    opening = _opening(text)
    return _LIKE_A_LABEL.match(text) is not None or (bool(opening) and openings[opening] >= FEWEST_DOUBTED)


def _only_asks(text: str) -> bool:
    spans = sentence_spans(text[:400])
    return bool(spans) and all(QUESTION.search(text[end - 2 : end]) for _, end in spans) and len(text.split()) > 3


def check_speakers(turns: Sequence[Turn], known: Collection[str], seen: str | None, line: int) -> None:
    """Raises SourceError where labels are too few or too poor to be anybody's names.

    `known`: whom the metadata name, casefolded. `seen`: how lines seem to begin that were not believed to be labels.
    """
    counts = Counter(turn.key for turn in turns)
    told = any(turn.says in {"asks", "answers", "hosts"} for turn in turns)
    recurs = any(count > 1 for count in counts.values())
    asked = any(turn.asks_something for turn in turns[:-1])
    again = sum(counts[turn.key] > 1 for turn in turns)
    if len(turns) >= MANY and again < COMING_AGAIN * len(turns):
        reason = f"{len(counts)} labels, hardly one of them twice: this reads like a list; {HOW_TO_LABEL}"
        raise SourceError(reason, line=turns[0].line)
    if len(turns) > 1 and (told or recurs or asked):
        return
    if any(turn.key in known for turn in turns):
        return
    if len(turns) == 1 and told and sum(p.ends_sentence for p in turns[0].paragraphs) * 2 > len(turns[0].paragraphs):
        return
    if turns:
        only = f"only {turns[0].name!r} looks like a speaker's label, once"
        reason = f"{only}; {HOW_TO_LABEL}, or name that one in the metadata"
    else:
        shape = f"; lines seem to begin with {seen!r}" if seen else ""
        reason = f"no line opens with a speaker's label{shape}; {HOW_TO_LABEL}"
    raise SourceError(reason, line=turns[0].line if turns else line)
