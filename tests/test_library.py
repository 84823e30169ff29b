"""The package as a library: light to import, typed, and its page's examples run."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import qa_service
from qa_service import AnswerService, Options, Settings, Statement
from qa_service.answering import Answer, Result
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import published_name
from qa_service.retrieval.retriever import Retriever
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")


def test_importing_the_package_imports_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import qa_service; print(*(set(sys.modules) - before))"
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert {name.partition(".")[0] for name in ended.stdout.split()} - set(sys.stdlib_module_names) == {"qa_service"}
    assert "qa_service.settings" not in ended.stdout.split()


@pytest.mark.parametrize("name", qa_service.__all__)
def test_every_public_name_is_there_and_told(name: str) -> None:
    assert getattr(qa_service, name)
    assert name in dir(qa_service)
    assert name == "__version__" or re.search(rf"^\| `{name}\b", PAGE, re.MULTILINE)


def test_a_name_that_is_not_public_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(qa_service, "nothing")  # noqa: B009


def test_the_types_are_told() -> None:
    assert (Path(qa_service.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize("record", [Options, Answer, Result, Statement])
def test_the_page_names_only_fields_that_are_there(record: Any) -> None:
    row = re.search(rf"^\| `{record.__name__}` \| (.+) \|$", PAGE, re.MULTILINE)
    assert row
    assert set(re.findall(r"`(\w+)`", row[1])) <= {field.name for field in fields(record)}


def test_the_page_names_only_methods_that_are_there() -> None:
    row = re.search(r"^\| `AnswerService` \| (.+) \|$", PAGE, re.MULTILINE)
    assert row
    assert all(hasattr(AnswerService, name) for name in re.findall(r"`(\w+)`", row[1]))


def test_a_service_is_closed_at_the_end_of_its_block(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    with AnswerService(retriever) as service:
        monkeypatch.setattr(service, "close", lambda: closed.append(True))
        assert service.ask("How many trams run?").results is not None
    assert closed == [True]


@pytest.mark.model
def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "source_texts").symlink_to(ROOT / "source_texts")
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 3
    names: dict[str, Any] = {}
    for example in examples:
        exec(example, names)  # noqa: S102 - our own page
    assert "Jin Zhuanglong: " in capsys.readouterr().out
    assert names["answer"].answered
    assert len(names["several"]) == 2
    assert published_name(IndexFolder(Settings().index_dir)) == names["answer"].index_version
