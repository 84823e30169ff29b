"""What a system made of a set, on disk: one JSON file a run, with all that is needed to measure it again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.summaries import ENDING, commit, machine
from eval.workbench.sets import Asked, QuestionSet
from eval.workbench.systems import Ranked

LIBRARIES = ("numpy", "faiss-cpu", "onnxruntime", "tokenizers", "bm25s", "ir_measures")


@dataclass(frozen=True, slots=True)
class Result:
    """One question and what came of it."""

    asked: Asked
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class RunResult:
    """A system's results on a set, and under which circumstances they came."""

    system: str
    set: str
    set_sha256: str
    tuned_on: bool
    relevant_from: int
    about: Mapping[str, Any]
    results: Sequence[Result]
    texts: Mapping[str, str] = field(default_factory=dict)  # of the passages that a report shows

    @property
    def name(self) -> str:
        """As it is shown and filed."""
        return f"{self.set}.{self.system}"

    def write(self, folder: Path) -> Path:
        """One JSON file; the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> "RunResult":
        """A file that `write` wrote. Raises ValueError naming the file where it is another one."""
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            results = [_result(one) for one in fields.pop("results")]
            return cls(**fields, results=results)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is no result of `python -m eval run` ({error!r})") from error


class Progress:
    """The questions of a run that are done, in a file beside it, so that an interrupted run goes on."""

    def __init__(self, folder: Path, system: str, questions: QuestionSet) -> None:
        """Raises ValueError for one of another set: the sum tells."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f".{questions.name}.{system}.jsonl"
        self.done: dict[str, Result] = {}
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        if lines and json.loads(lines[0])["set_sha256"] != questions.sha256:
            raise ValueError(f"{self._path} is of another version of {questions.name}; remove it")
        for line in lines[1:]:
            try:
                result = _result(json.loads(line))
            except ValueError:  # cut off in the middle
                break
            self.done[result.asked.id] = result
        kept = [{"set_sha256": questions.sha256}, *map(asdict, self.done.values())]
        self._path.write_text("".join(map(_line, kept)), encoding="utf-8")

    def add(self, result: Result) -> None:
        """One more is done."""
        self.done[result.asked.id] = result
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(asdict(result)))

    def finish(self) -> None:
        """All are, and are written elsewhere."""
        self._path.unlink()


def circumstances(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Commit, time, machine, versions and settings."""
    return {
        "commit": commit(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {library: version(library) for library in LIBRARIES},
        "settings": dict(settings),
    }


def read_results(paths: Sequence[Path]) -> list[RunResult]:
    """Results from files, and from folders all in them. Raises ValueError where there is none."""
    found = [RunResult.read(path) for path in _files(paths)]
    if not found:
        raise ValueError(f"no results in {', '.join(map(str, paths))}; make some with: python -m eval run SET")
    return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.glob("[!.]*.json") if not p.name.endswith(ENDING))
        elif path.exists():
            yield path
        else:
            raise ValueError(f"{path} does not exist")


def _line(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _result(fields: Mapping[str, Any]) -> Result:
    return Result(Asked(**fields["asked"]), Ranked(**fields["ranked"]))
