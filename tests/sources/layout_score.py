"""How well texts are read, by what a person reads in them; `python -m tests.sources.layout_score` prints it."""

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from qa_service.errors import SourceError
from qa_service.records import Piece, Transcript
from qa_service.sources.folder import read_transcript

LAYOUTS = Path(__file__).parent / "layouts"
GOLD: dict[str, dict[str, Any]] = {
    file.name.removesuffix(".gold.json"): json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(LAYOUTS.glob("*.gold.json"))
}
TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame hon honourable the rt right m mme mlle herr frau sr sra señor señora "
    "monsieur madame د الدكتور الدكتورة السيد السيدة".split()
)
Place = tuple[str | None, int, Piece | None]  # of a character in an answer: its speaker, exchange and question


class Score(NamedTuple):
    """The four measures, from 0 to 1, white space apart; one that nothing counts for is at its best."""

    attributed: float = 1  # of the answers' characters, those that stand in an answer of the right speaker
    leaked: float = 0  # of the questions' characters and those that nobody says, those that stand in an answer
    asked: float = 1  # of the answers, those whose exchange's question holds the last question before them
    wrong: float = 0  # of the characters of answers and other turns, those under a name that isn't the speaker's

    def reaches(self, bar: "Score") -> bool:
        """Whether no measure is worse than the bar's."""
        found = self.attributed >= bar.attributed and self.asked >= bar.asked
        return found and self.leaked <= bar.leaked and self.wrong <= bar.wrong


@dataclass(slots=True)
class Turn:
    """What somebody says in one go. `spots`: where its letters stand; `also`: other right names, None for none."""

    kind: str
    speaker: str | None
    also: list[str | None]
    cuts: list[str] = field(default_factory=list)
    spots: list[int] = field(default_factory=list)

    def said_by(self, name: str | None) -> bool:
        """Whether this is a right name for who speaks; any is where the gold knows none."""
        if self.speaker is None or name is None:
            return self.speaker is None or None in self.also
        forms = {bare(name), bare(name.split(",")[0]), bare(re.sub(r"\([^()]*\)", " ", name))}
        return not forms.isdisjoint(bare(right) for right in (self.speaker, *self.also) if right)

    def stands_in(self, piece: Piece) -> bool:
        """Whether a piece holds (nearly) all of it: where it stands, or in the same words."""
        inside, words = sum(piece.start <= at < piece.end for at in self.spots), "".join(piece.spoken.split())
        return inside >= 0.98 * len(self.spots) or all("".join(cut.split()) in words for cut in self.cuts)


def bare(name: str) -> str:
    """The name without case, punctuation and titles."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold())
    return " ".join([word for word in words if word not in TITLES] or words)


def gold_turns(gold: dict[str, Any], text: str) -> list[Turn]:
    """The turns of a gold file, in order; a cut that continues is added to its turn."""
    turns, at = list[Turn](), 0
    for cut in gold["turns"]:
        at = (start := text.index(cut["text"], at)) + len(cut["text"])
        if not cut.get("continues"):
            turns.append(Turn(cut["kind"], cut["speaker"], cut.get("also", [])))
        turn = next(turn for turn in reversed(turns) if (turn.kind, turn.speaker) == (cut["kind"], cut["speaker"]))
        turn.cuts.append(cut["text"])
        turn.spots += (spot for spot in range(start, at) if not text[spot].isspace())
    return turns


def places(transcript: Transcript) -> dict[int, Place]:
    """The place of every character that the answers hold as speech."""
    said: dict[int, Place] = {}
    for number, exchange in enumerate(transcript.exchanges):
        for answer in exchange.answers:
            piece, place = answer.piece, (answer.speaker, number, exchange.question)
            noise = {piece.start + at for start, end in piece.noise for at in range(start, end)}
            said |= {at: place for at in range(piece.start, piece.end) if at not in noise}
    return said


def count_text(text: str, turns: list[Turn], said: dict[int, Place]) -> Counter[str]:
    """What the measures are shares of: `x` and `of x` for each of them."""
    count, owner = Counter[str](), {at: turn for turn in turns for at in turn.spots}
    for at in (at for at, character in enumerate(text) if not character.isspace() and character != "\ufeff"):
        turn, place = owner.get(at), said.get(at)
        if turn is None or turn.kind == "question":
            count.update({"of leaked": 1, "leaked": place is not None})
            continue
        right = place is not None and turn.said_by(place[0])
        if turn.kind == "answer":
            count.update({"of attributed": 1, "attributed": right})
        if turn.speaker is not None:
            count.update({"of wrong": 1, "wrong": place is not None and place[0] is not None and not right})
    return count + count_asked(turns, said)


def count_asked(turns: list[Turn], said: dict[int, Place]) -> Counter[str]:
    """The answers to a question; a remark of one who asks, made after an answer, may be the question of those after."""
    askers = {bare(turn.speaker) for turn in turns if turn.kind == "question" and turn.speaker}
    questions, answered, count = list[Turn](), False, Counter[str]()
    for turn in turns:
        if turn.kind == "question":
            questions, answered = [turn], False
        elif turn.kind == "answer" and questions:
            answered = True
            mostly = Counter(said[at][1:] for at in turn.spots if at in said).most_common(1)
            held = any(question.stands_in(piece) for (_, piece), _ in mostly if piece for question in questions)
            count.update({"of asked": 1, "asked": held})
        elif answered and turn.kind == "other" and turn.speaker and bare(turn.speaker) in askers:
            questions.append(turn)
    return count


def score(count: Counter[str]) -> Score:
    """The measures from their counts."""
    return Score(**{key: count[key] / count[f"of {key}"] for key in Score._fields if count[f"of {key}"]})


def count_of(name: str) -> Counter[str]:
    """The counts of a text; one that is refused holds no answers."""
    try:
        transcript = read_transcript(LAYOUTS / f"{name}.txt")
        said, text = places(transcript), transcript.document.text
    except SourceError:
        said, text = {}, (LAYOUTS / f"{name}.txt").read_bytes().decode("utf-8")
    return count_text(text, gold_turns(GOLD[name], text), said)


def report() -> None:
    """Print one line a text and one for all of them."""
    counts = {name: count_of(name) for name in GOLD}
    for name, count in (counts | {"all together": sum(counts.values(), Counter[str]())}).items():
        print(f"{name:26}", *(f"{key} {value:.4f}" for key, value in score(count)._asdict().items()), sep="  ")


if __name__ == "__main__":
    report()
