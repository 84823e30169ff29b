"""`python -m eval judge DIR`: a small page on which a person grades passages with the keys 0 to 3."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from eval.workbench.own_set import (
    GRADES,
    Judgement,
    Pooled,
    add_judgement,
    digest_of,
    passages_of,
    read_judgements,
    read_pool,
    read_questions,
    read_transcripts,
)

PAGE = Path(__file__).parent / "judge.html"


class Given(BaseModel):
    """A grade, as the page sends it."""

    question: str
    passage: str
    grade: int


class Task(BaseModel):
    """What the page shows next; all empty when everything is judged."""

    question: str = ""
    text: str = ""
    passage: str = ""
    words: str = ""
    grade: int | None = None
    place: int = 0
    of: int = 0


class Judging:
    """One judge's way through the pool. What is judged is on disk at once."""

    def __init__(self, folder: Path, judge: str) -> None:
        """Raises ValueError where there is no pool, or a question or passage of it is gone."""
        self._folder, self._judge = folder, judge
        self._questions = read_questions(folder)
        self._passages = passages_of(read_transcripts(folder))
        self._tasks = _checked(read_pool(folder), self._questions, self._passages)
        mine = [one for one in read_judgements(folder) if one.judge == judge]
        self._grades = {(one.question, one.passage): one.grade for one in mine}

    def task(self, place: int | None = None) -> Task:
        """The one at a place, or the first that is not judged yet."""
        if place is None:
            place = next((i for i, key in enumerate(self._tasks) if key not in self._grades), len(self._tasks))
        if not 0 <= place < len(self._tasks):
            return Task(place=len(self._tasks), of=len(self._tasks))
        question, passage = self._tasks[place]
        return Task(
            question=question,
            text=self._questions[question],
            passage=passage,
            words=self._passages[passage],
            grade=self._grades.get((question, passage)),
            place=place,
            of=len(self._tasks),
        )

    def grade(self, given: Given) -> None:
        """Keep a grade. Raises KeyError for what is not in the pool, ValueError for a grade there is not."""
        key = given.question, given.passage
        if key not in self._tasks:
            raise KeyError(key)
        if given.grade not in GRADES:
            raise ValueError(f"a grade is one of {sorted(GRADES)}")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        digest = digest_of(self._passages[given.passage])
        add_judgement(self._folder, Judgement(*key, given.grade, self._judge, now, digest))
        self._grades[key] = given.grade


def judge_app(judging: Judging) -> FastAPI:
    """The page and what it calls."""
    app = FastAPI(title="judge", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"))

    @app.get("/task")
    def task(place: int | None = None) -> Task:
        return judging.task(place)

    @app.post("/grade")
    def grade(given: Given) -> dict[str, Any]:
        try:
            judging.grade(given)
        except (KeyError, ValueError) as error:
            raise HTTPException(422, str(error)) from error
        return {}

    return app


def serve_judging(folder: Path, judge: str, port: int) -> None:
    """Serve the page on loopback until interrupted."""
    app = judge_app(Judging(folder, judge))
    print(f"judge on http://127.0.0.1:{port} with the keys 0 to 3; Ctrl-C ends, nothing is lost")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _checked(
    pool: Sequence[Pooled], questions: Mapping[str, str], passages: Mapping[str, str]
) -> list[tuple[str, str]]:
    for one in pool:
        gone = [p for p in one.passages if p not in passages]
        if one.question not in questions or gone:
            raise ValueError(
                "questions or transcripts changed since the pool was made; make it anew: python -m eval pool"
            )
    return [(one.question, passage) for one in pool for passage in one.passages]
