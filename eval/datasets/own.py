"""The project's own questions and transcripts, in `eval/data/<role>/<name>/`: the role of a set is its path.

`held_out` and `training` tell what the encoder's adapter has seen; the interview's transcript is the service's source.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from qa_service.records import Transcript
from qa_service.sources.folder import parse_transcript, read_transcript
from qa_service.sources.metadata import Metadata

DATA = Path(__file__).parents[1] / "data"
HELD_OUT, TRAINING, DATED = "held_out", "training", "dated"
ROLES = ("interview", HELD_OUT, TRAINING, DATED)
TRANSCRIPT, QUESTIONS, NAMED = "transcript.txt", "questions.jsonl", "named.jsonl"
SECOND_JUDGE, SPANS = "second_judge.jsonl", "spans.jsonl"
INTERVIEW = "industry-minister-interview-2023"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `judgements`: statement id -> grade (3 answers fully, 2 a substantial part, 1 related).

    `of`: the plain question that it is made from, if there is one.
    """

    id: str
    document: str
    split: str
    category: str
    text: str
    judgements: dict[str, int]
    of: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether any statement answers it at least in part."""
        return bool(self.judgements)


def set_folder(name: str) -> Path:
    """The folder of a set, whichever its role. Raises ValueError for one there is not."""
    for role in ROLES:
        if (folder := DATA / role / name).is_dir():
            return folder
    raise ValueError(f"no set {name!r} in {DATA}")


def documents_of(role: str) -> list[str]:
    """The names of the sets of a role, in order."""
    return sorted(path.parent.name for path in (DATA / role).glob(f"*/{QUESTIONS}"))


def other_documents() -> list[str]:
    """The transcripts written for development besides the interview, in order of name."""
    return sorted([*documents_of(HELD_OUT), *documents_of(TRAINING)])


def named_documents() -> list[str]:
    """The transcripts that have questions which name who, where or when, the interview first."""
    found = sorted(path.parent.name for path in DATA.glob(f"*/*/{NAMED}"))
    return sorted(found, key=lambda document: document != INTERVIEW)


def load_questions(document: str = INTERVIEW, split: str | None = None, file: str = QUESTIONS) -> list[Question]:
    """Questions over one document, of one split or all. Raises ValueError naming the line that is off."""
    path = set_folder(document) / file
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            fields = json.loads(line)
            grades = {n if "#" in n else f"{document}#{n}": int(g) for n, g in fields["judgements"].items()}
            question = Question(
                fields["id"],
                document,
                fields["split"],
                fields["category"],
                fields["question"],
                grades,
                fields.get("of"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}:{number}: {error!r}") from error
        questions.append(question)
    return [q for q in questions if split in {None, q.split}]


def own_transcript(document: str, source_dir: Path) -> Transcript:
    """The transcript of a set, named as the set. Raises SourceError naming the line that is off."""
    if document == INTERVIEW:
        return read_transcript(source_dir / f"{INTERVIEW}.txt")
    data = (set_folder(document) / TRANSCRIPT).read_bytes()
    return parse_transcript(document, data, Metadata(), f"{document}.txt")


def dated_transcripts() -> list[Transcript]:
    """Those of the same people at several dates."""
    return [read_transcript(path) for path in sorted((DATA / DATED).glob("*/*.txt"))]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a second judge made of a test question: the statement to show first, if any answers, and all grades."""

    best: str | None
    grades: dict[str, int]


def second_judge() -> dict[str, Judged]:
    """Question id -> the second, blind judgement of the interview's test questions."""
    path = set_folder(INTERVIEW) / SECOND_JUDGE
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {
        line["id"]: Judged(
            line["best"] and f"{INTERVIEW}#{line['best']}",
            {f"{INTERVIEW}#{n}": grade for n, grade in line["grades"].items()},
        )
        for line in lines
    }


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """The words of a statement that answer a question, as somebody marked them."""

    question: str
    statement: str
    text: str


def load_spans() -> list[GoldSpan]:
    """Those of the interview's test questions."""
    lines = (set_folder(INTERVIEW) / SPANS).read_text(encoding="utf-8").splitlines()
    found = map(json.loads, lines)
    return [GoldSpan(one["id"], f"{INTERVIEW}#{one['paragraph']}", one["text"]) for one in found]
