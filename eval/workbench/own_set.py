"""A set of one's own: a folder with transcripts, questions one a line, and the judgements that people make of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from qa_service.records import Transcript
from qa_service.sources.folder import read_folder

TRANSCRIPTS, QUESTIONS = "transcripts", "questions.txt"
POOL, JUDGEMENTS = "pool.jsonl", "judgements.jsonl"
GRADES = {0: "nothing of it", 1: "related", 2: "answers in part", 3: "answers"}
ANSWERS = 2  # the least grade that does


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a passage answers a question, by whom and when. `sha256`: of the passage's words as they were judged."""

    question: str
    passage: str
    grade: int
    judge: str
    time: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Pooled:
    """A question and the passages to judge for it, in an order that tells nothing."""

    question: str
    passages: Sequence[str]


def is_own(folder: Path) -> bool:
    """Whether a folder is such a set."""
    return (folder / QUESTIONS).is_file()


def read_questions(folder: Path) -> dict[str, str]:
    """Id -> question; the id is made from its words. Raises ValueError for one that comes twice, or where none are."""
    questions: dict[str, str] = {}
    path = folder / QUESTIONS
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = " ".join(line.split())
        if not text or text.startswith("#"):
            continue
        name = hashlib.sha256(text.encode()).hexdigest()[:10]
        if name in questions:
            raise ValueError(f"{path}:{number}: this question comes twice")
        questions[name] = text
    if not questions:
        raise ValueError(f"{path} holds no question; write one a line")
    return questions


def read_transcripts(folder: Path) -> list[Transcript]:
    """Those of the set. Raises ValueError naming those that were refused."""
    sources = read_folder(folder / TRANSCRIPTS)
    if sources.refused:
        raise ValueError("; ".join(str(error) for error in sources.refused))
    return sources.transcripts


def passages_of(transcripts: Iterable[Transcript]) -> dict[str, str]:
    """Passage -> its words."""
    return {
        f"{transcript.document.id}#{answer.number}": answer.piece.words
        for transcript in transcripts
        for exchange in transcript.exchanges
        for answer in exchange.answers
    }


def read_judgements(folder: Path) -> list[Judgement]:
    """All that were made, the newest of each judge on each passage. Raises ValueError naming a line that is off."""
    path = folder / JUDGEMENTS
    newest: dict[tuple[str, str, str], Judgement] = {}
    for number, line in enumerate(_lines(path), start=1):
        try:
            judgement = Judgement(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path}:{number}: {error}") from error
        if judgement.grade not in GRADES:
            raise ValueError(f"{path}:{number}: the grade is {judgement.grade}; it must be one of {sorted(GRADES)}")
        newest[judgement.judge, judgement.question, judgement.passage] = judgement
    return list(newest.values())


def add_judgement(folder: Path, judgement: Judgement) -> None:
    """Keep one more."""
    with (folder / JUDGEMENTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(judgement), ensure_ascii=False) + "\n")


def grades_of(judgements: Iterable[Judgement]) -> dict[str, dict[str, int]]:
    """Question -> passage -> grade: of several judges the lower middle one. Questions that nobody answers stay."""
    given: dict[str, dict[str, list[int]]] = {}
    for one in judgements:
        given.setdefault(one.question, {}).setdefault(one.passage, []).append(one.grade)
    return {
        question: {passage: sorted(grades)[(len(grades) - 1) // 2] for passage, grades in of.items()}
        for question, of in given.items()
    }


def drifted(judgements: Iterable[Judgement], passages: Mapping[str, str]) -> tuple[list[Judgement], list[Judgement]]:
    """Judgements whose passage reads otherwise now, and those whose passage is gone."""
    changed, gone = [], []
    for one in judgements:
        if one.passage not in passages:
            gone.append(one)
        elif digest_of(passages[one.passage]) != one.sha256:
            changed.append(one)
    return changed, gone


def kappa(judgements: Sequence[Judgement], first: str, second: str) -> tuple[float, int]:
    """Cohen's kappa (1960) of two judges on whether a passage answers, and on how many both judged.

    Raises ValueError where they have judged none in common.
    """
    of: dict[str, dict[tuple[str, str], bool]] = {first: {}, second: {}}
    for one in judgements:
        if one.judge in of:
            of[one.judge][one.question, one.passage] = one.grade >= ANSWERS
    both = sorted(of[first].keys() & of[second].keys())
    if not both:
        known = ", ".join(sorted({one.judge for one in judgements})) or "nobody"
        raise ValueError(f"{first} and {second} have judged nothing in common; there are judgements of {known}")
    pairs = [(of[first][key], of[second][key]) for key in both]
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    yes_first, yes_second = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
    chance = yes_first * yes_second + (1 - yes_first) * (1 - yes_second)
    return (1.0 if chance == 1 else (agreed - chance) / (1 - chance)), len(both)


def write_pool(folder: Path, pooled: Iterable[Pooled]) -> None:
    """For `judge`."""
    lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in pooled]
    (folder / POOL).write_text("".join(lines), encoding="utf-8")


def read_pool(folder: Path) -> list[Pooled]:
    """Raises ValueError where there is none."""
    if not (folder / POOL).exists():
        raise ValueError(f"{folder} has no {POOL} yet; make it with: python -m eval pool {folder}")
    return [Pooled(**json.loads(line)) for line in _lines(folder / POOL)]


def digest_of(words: str) -> str:
    """SHA-256 of a passage's words."""
    return hashlib.sha256(words.encode()).hexdigest()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
