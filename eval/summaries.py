"""The figures of one command, small enough for the repository: what `docs/benchmarks.md` is rendered from.

`eval/results/<date>-<commit>/<name>.summary.json` says which command gave them, at which commit, when and where.
"""

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ENDING = ".summary.json"
DIGITS = 6  # more than a page shows, so that nothing is rounded twice
NOT_SHOWN = {"--save": 1, "--output": 2, "--indexes": 2, "--keep": 2, "--json": 1}  # words of a command that say where


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures, and how they came. `note`: what a reader must know beside that, such as that they were typed over."""

    name: str
    command: str
    commit: str
    time: str
    machine: str
    values: Any
    note: str = ""

    def write(self, folder: Path) -> Path:
        """One JSON file; the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}{ENDING}"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> "Summary":
        """A file that `write` wrote. Raises ValueError naming the file where it is another one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is no summary of a command of `python -m eval` ({error!r})") from error


def summary_of(name: str, values: Any, argv: Sequence[str]) -> Summary:
    """Of figures just measured, rounded."""
    time = datetime.now(UTC).isoformat(timespec="seconds")
    return Summary(name, command_line(argv), commit(), time, machine(), rounded(values))


def newest(folder: Path | None = None) -> dict[str, Summary]:
    """By name the summary that was measured last. Raises ValueError naming a file that is none."""
    found = [Summary.read(path) for path in (folder or RESULTS).glob(f"*/*{ENDING}")]
    return {one.name: one for one in sorted(found, key=lambda one: one.time)}


def results_folder() -> Path:
    """Where the results of today and of this commit go."""
    return RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{commit() or 'nowhere'}"


def add_save(parser: argparse.ArgumentParser) -> None:
    """The option of every command whose figures may be published."""
    parser.add_argument("--save", action="store_true", help="keep the figures for docs/benchmarks.md in eval/results/")


def save(arguments: argparse.Namespace, name: str, values: Any) -> None:
    """Write the figures where that was asked for, and say where."""
    if arguments.save:
        path = summary_of(name, values, sys.argv[1:]).write(results_folder())
        print(f"kept in {path}", file=sys.stderr)


def command_line(argv: Sequence[str]) -> str:
    """As anybody would type it: folders and files by their name only, and nothing of where results go."""
    words, left = [], 0
    for word in argv:
        if left or word in NOT_SHOWN:
            left = (left or NOT_SHOWN[word]) - 1
            continue
        path, colon, split = word.partition(":")
        place = Path(path)
        if place.is_dir():
            word = f"collections/{place.name}{colon}{split}"
        words.append(place.name if place.is_file() else word)
    return " ".join(["python -m eval", *words])


def rounded(values: Any) -> Any:
    """The same with few digits, as JSON has it."""
    if isinstance(values, Mapping):
        return {str(name): rounded(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [rounded(value) for value in values]
    return round(float(values), DIGITS) if hasattr(values, "__float__") and not isinstance(values, int) else values


def machine() -> str:
    """In words."""
    return f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def commit() -> str:
    """The repository's commit, with a plus where files were changed since; empty where there is none."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return ""
