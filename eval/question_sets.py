"""The project's own questions: read and checked, one JSON object per line in `eval/questions/<document>.jsonl`."""

import json
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = Path(__file__).parent / "questions"
TRANSCRIPTS = Path(__file__).parent / "transcripts"
NAMED = QUESTIONS / "named"
DATED = QUESTIONS / "dated"
DATED_TRANSCRIPTS = TRANSCRIPTS.parent / "transcripts_dated"
SECOND_JUDGE = Path(__file__).parent / "second_judge.jsonl"
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


def load_questions(document: str = INTERVIEW, split: str | None = None, folder: Path | None = None) -> list[Question]:
    """Questions over one document, of one split or all. Raises ValueError naming the line that is off."""
    path = (folder or QUESTIONS) / f"{document}.jsonl"
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


@dataclass(frozen=True, slots=True)
class Judged:
    """What a second judge made of a test question: the statement to show first, if any answers, and all grades."""

    best: str | None
    grades: dict[str, int]


def second_judge() -> dict[str, Judged]:
    """Question id -> the second, blind judgement of the interview's test questions."""
    lines = map(json.loads, SECOND_JUDGE.read_text(encoding="utf-8").splitlines())
    return {
        line["id"]: Judged(
            line["best"] and f"{INTERVIEW}#{line['best']}",
            {f"{INTERVIEW}#{n}": grade for n, grade in line["grades"].items()},
        )
        for line in lines
    }


def other_documents() -> list[str]:
    """The transcripts written for development besides the interview, in order of name."""
    return sorted(path.stem for path in TRANSCRIPTS.glob("*.txt"))
