"""What may be read of a text by its language, and which languages a model knows."""

from dataclasses import fields

import pytest

from qa_service.language.profile import (
    ENGLISH,
    UNKNOWN,
    Coverage,
    Language,
    base_code,
    document_note,
    profile_of,
    question_note,
)

GERMAN = profile_of("de")


def test_every_rule_holds_for_english_and_none_for_another_language() -> None:
    rules = [field.name for field in fields(Language) if field.name != "code"]
    assert rules
    assert all(getattr(ENGLISH, rule) for rule in rules)
    assert not any(getattr(language, rule) for rule in rules for language in (UNKNOWN, GERMAN))


@pytest.mark.parametrize(
    ("code", "base"), [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("eng", "en"), ("deu", "de"), ("tlh", "tlh")]
)
def test_codes_are_read_as_people_write_them(code: str, base: str) -> None:
    assert base_code(code) == base
    assert profile_of(code).code == base


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("en", {"en"}),
        ("en, de-AT", {"en", "de"}),
        ("*", {"en", "de", "ja", "und"}),
        ("ja,*", {"en", "de", "ja", "und"}),
    ],
)
def test_languages_a_model_knows(text: str, covered: set[str]) -> None:
    coverage = Coverage.parse(text)
    assert {code for code in ("en", "de", "ja", "und") if coverage.covers(profile_of(code))} == covered


def test_a_document_that_is_not_covered_gets_a_note_that_says_what_to_do() -> None:
    assert document_note(ENGLISH, Coverage(), told=False) is None
    seems = document_note(GERMAN, Coverage(), told=False)
    assert seems is not None
    assert seems.startswith("the text seems to be in German (de), which the model doesn't know")
    assert "QA_SERVICE_MODEL_LANGUAGES" in seems
    assert seems.endswith("or give `language` in the metadata if this is wrong")
    told = document_note(GERMAN, Coverage(), told=True)
    assert told is not None
    assert told.startswith("the metadata say that the text is in German (de)")
    assert "if this is wrong" not in told
    unknown = [document_note(language, Coverage(), told=False) or "" for language in (UNKNOWN, profile_of("tlh"))]
    assert unknown[0].startswith("the text seems to be in another language, which the model doesn't know")
    assert unknown[1].startswith("the text seems to be in the language “tlh”, which the model doesn't know")


def test_a_refusal_says_which_language_is_not_known() -> None:
    known = Coverage.parse("en,sv,fr")
    assert question_note(GERMAN, (), Coverage()) == "The question seems to be in German; this service knows English."
    said = "What was searched is in German and Japanese; this service knows English, Swedish and French."
    assert question_note(ENGLISH, [profile_of("ja"), GERMAN, GERMAN], known) == said
    assert question_note(ENGLISH, (), known) is None
