"""README takes a minute to read, and its commands exist."""

import re

import pytest

from qa_service.cli import main
from tests.conftest import ROOT
from tests.prose import sentences

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAX_WORDS = 650
MAX_NUMBERS = 25
MAX_MEAN_SENTENCE = 15


def test_readme_takes_a_minute() -> None:
    assert len(README.split()) <= MAX_WORDS
    assert len(re.findall(r"\d+(?:[.,:]\d+)*", README)) <= MAX_NUMBERS


def test_sentences_of_the_readme_are_short() -> None:
    lengths = [len(sentence.split()) for sentence in sentences(README)]
    assert len(lengths) > 20
    assert sum(lengths) / len(lengths) <= MAX_MEAN_SENTENCE
    assert max(lengths) <= 25


def test_the_picture_is_on_the_first_screen() -> None:
    assert README.index("](docs/images/answer.png)") < README.index("\n## ")


def test_every_make_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z0-9-]*)\b", README))
    assert {"serve", "test"} <= named <= targets


def test_every_command_of_the_command_line_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    commands = re.findall(r"(?<!-e )\bqa-service ([a-z]+)\b", README)
    assert commands
    assert all(command in usage for command in commands)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^(make test)\b", README, re.MULTILINE)
    assert commands
    assert commands[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
