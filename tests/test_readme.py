"""README says what is: settings, commands, endpoints."""

import re
from pathlib import Path

import pytest

from qa_service.api.app import create_app
from qa_service.cli import main
from qa_service.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_settings_table_lists_every_setting_with_its_default_and_sentence() -> None:
    expected = [
        f"| `{ENV_PREFIX}{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [line for line in README.splitlines() if line.startswith(f"| `{ENV_PREFIX}")] == expected


def test_every_make_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z0-9-]*)\b", README))
    assert {"serve", "test"} <= named <= targets


def test_every_command_of_the_command_line_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    for command in re.findall(r"(?<!-e )\bqa-service ([a-z]+)\b", README):
        assert command in usage


def test_endpoint_table_and_routes_agree() -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `"))
    shown = {path.partition("?")[0] for path in re.findall(r"[ `](/[^`\s]*)", table)}
    for path in create_app(Settings()).openapi()["paths"]:
        assert path.replace("{statement_id}", "{id}") in shown, path


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^(make test)\b", README, re.MULTILINE)
    assert commands
    assert commands[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_test_that_a_promise_names_exists() -> None:
    named = re.findall(r"`(test_\w+?)_?…?`", (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    assert len(named) > 10
    for name in named:
        assert f"def {name}" in tests, name
