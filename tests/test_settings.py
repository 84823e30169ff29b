"""Settings: from the environment and `.env`, within bounds, each with a sentence."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from qa_service.settings import Settings


def test_the_contracts_defaults() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert (settings.source_dir, settings.index_dir) == (Path("source_texts"), Path("index"))


def test_the_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("QA_SERVICE_PORT=8001\nQA_SERVICE_HOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("QA_SERVICE_PORT", "8002")
    settings = Settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 8002)  # noqa: S104


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_SERVICE_PORT", "")
    assert Settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "0"), ("PORT", "65536"), ("PORT", "http"), ("WORKERS", "0"), ("LOG_LEVEL", "loud")],
)
def test_a_value_outside_its_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"QA_SERVICE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_default_and_a_sentence(name: str) -> None:
    field = Settings.model_fields[name]
    assert not field.is_required()
    assert field.description
    assert field.description.endswith(".")


@pytest.mark.parametrize("languages", ["en", "de, fr", "*", "zh-Hans,pt_BR"])
def test_languages_of_a_model_are_codes(languages: str) -> None:
    assert Settings(model_languages=languages).model_languages == languages


@pytest.mark.parametrize("languages", ["english", "en;de", "en,", "e", ", de"])
def test_what_is_no_code_of_a_language_is_refused(languages: str) -> None:
    with pytest.raises(ValidationError, match="model_languages"):
        Settings(model_languages=languages)
