"""Paragraphs to turns: who has the floor from where to where; one person's consecutive labels are one turn."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from qa_service.language.sentences import ASKING_WORDS, QUESTION, REQUEST, sentence_spans, word_count
from qa_service.sources.headings import mark_headings, mark_loops
from qa_service.sources.heads import nfc
from qa_service.sources.labels import Label
from qa_service.sources.paragraphs import RawParagraph, join
from qa_service.sources.people import name_alike

Kind = Literal["asks", "answers", "aside"]

CAPTION = 500  # characters after which a turn printed as many labelled lines is cut at a sentence's end
REPEATED_LABELS = 0.3  # of the labelled lines, that repeat the one before, where each line carries its label
LISTED = 2  # names without words in a row at the end, from which they are a list
FEWEST_ASKED = 4  # words of a turn that turns the tables
LONGEST_UNMARKED = 40  # words of a turn that is a question without its mark


@dataclass(slots=True)
class Turn:
    """What one person says until another does. `name` is empty where the text gives none; `kind` is set later."""

    name: str
    role: str | None
    says: str | None
    line: int
    paragraphs: list[RawParagraph] = field(default_factory=list)
    kind: Kind = "answers"
    examiner: str | None = None
    of_a_party: bool = False
    unmarked: bool = False  # questions carry no mark in this text: they are told by how they begin

    @property
    def key(self) -> str:
        """What tells people apart."""
        return self.name.casefold()

    @property
    def asks_something(self) -> bool:
        """Whether there is a question anywhere in it."""
        if any(QUESTION.search(p.piece.spoken) for p in self.paragraphs) or self.requests:
            return True
        return self.unmarked and self.words <= LONGEST_UNMARKED and bool(ASKING_WORDS.search(self._beginning))

    @property
    def ends_asking(self) -> bool:
        """Whether its last sentence is a question."""
        if QUESTION.search(self.paragraphs[-1].piece.text[-4:]):
            return True
        return self.unmarked and self.asks_something

    @property
    def requests(self) -> bool:
        """Whether its words ask for an answer without a question mark."""
        return REQUEST.search(self._beginning) is not None

    @property
    def only_asks(self) -> bool:
        """Whether it is nothing but questions, of several words."""
        if len(self.paragraphs) > 1 or self.words < FEWEST_ASKED:
            return False
        text = self.paragraphs[0].piece.spoken
        return all(QUESTION.search(text[end - 2 : end]) for _, end in sentence_spans(text))

    @property
    def _beginning(self) -> str:
        return self.paragraphs[0].piece.spoken[:400]

    @property
    def words(self) -> int:
        """How many words it has."""
        return sum(word_count(p.piece.spoken) for p in self.paragraphs)


@dataclass(frozen=True, slots=True)
class TurnsRead:
    """The turns of a text, the paragraphs before them, and the lines of labels without words."""

    front: list[RawParagraph]
    turns: list[Turn]
    empty: list[int]
    repeated: list[RawParagraph]


def read_turns(text: str, paragraphs: Sequence[RawParagraph], names: Mapping[str, str]) -> TurnsRead:
    """Turns in order. `names` maps labels as printed to the names they stand for, without regard to capitals."""
    paragraphs = mark_loops(mark_headings(paragraphs))
    first = next((i for i, p in enumerate(paragraphs) if p.label), len(paragraphs))
    known = {nfc(printed).casefold(): nfc(name) for printed, name in names.items()}
    turns: list[Turn] = []
    examiner: str | None = None
    for paragraph in paragraphs[first:]:
        if label := paragraph.label:
            if label.examines:
                examiner = label.name
            turns.append(_turn(label, paragraph.line, known, examiner))
            if label.examines and not paragraph.piece.text:
                turns.pop()
        if turns and paragraph.piece.text and not paragraph.noise:
            turns[-1].paragraphs.append(paragraph)
    turns = _without_lists(turns)
    empty = [turn.line for turn in turns if not turn.paragraphs]
    turns = [turn for turn in turns if turn.paragraphs]
    name_alike(turns)
    repeated = [p for p in paragraphs if p.noise == "repeated"]
    return TurnsRead(list(paragraphs[:first]), _merged(text, turns), empty, repeated)


def _without_lists(turns: list[Turn]) -> list[Turn]:
    """Without names listed at the end, such as a call's participants, and what stands behind the last of them."""
    last = len(turns) - 1
    first = last
    while first > 0 and not turns[first - 1].paragraphs:
        first -= 1
    return turns[:first] if last - first >= LISTED else turns


def _turn(label: Label, line: int, known: Mapping[str, str], examiner: str | None) -> Turn:
    name = known.get(label.name.casefold(), label.name)
    examiner = examiner if label.says == "asks" else None
    return Turn(name, label.role, label.says, line, examiner=examiner, of_a_party=label.of_a_party)


def _merged(text: str, turns: Sequence[Turn]) -> list[Turn]:
    """One turn where labels of one person follow each other, with the sentences they cut joined again."""
    labelled = Counter(before.key == after.key for before, after in pairwise(turns))
    adjacent = [not t.paragraphs[0].apart for t in turns[1:]]
    captions = labelled[True] >= REPEATED_LABELS * max(1, len(turns) - 1) and sum(adjacent) * 2 > len(adjacent)
    merged: list[Turn] = []
    for turn in turns:
        before = merged[-1] if merged else None
        if before is None or before.key != turn.key or not turn.name or before.role != turn.role:
            merged.append(turn)
            continue
        last, first = before.paragraphs[-1], turn.paragraphs[0]
        short = len(last.piece.text) < CAPTION
        if (
            (short or not last.ends_sentence)
            and len(last.piece.text) < 8 * CAPTION
            and (not last.ends_sentence or (captions and not first.apart))
        ):
            before.paragraphs[-1] = replace(last, piece=join(text, last.piece, first.piece))
            before.paragraphs += turn.paragraphs[1:]
        else:
            before.paragraphs += turn.paragraphs
    return merged
