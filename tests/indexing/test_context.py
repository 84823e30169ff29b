"""What is known of a document beside its words: names, places and dates."""

from pathlib import Path

import pytest

from qa_service.errors import IndexDamagedError
from qa_service.indexing.context import context_of, read_contexts, write_contexts
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata

TEXT = """Steel and ships: talks with Minister Ada Lund of Norrland in 2024

Before the talks in Varsjø our reporter saw the yard. Afterwards it rained.

Q: How is steel?

Ada Lund: Steel is dear, and ships are too. We met in Oslo.

Q: And the minister?

Ada Lund: Not here.
"""


def test_names_places_and_years_of_title_and_introduction_are_known() -> None:
    context = context_of(parse_transcript("talks", TEXT.encode(), Metadata()))
    assert context.names == {"ada", "lund", "norrland", "varsjø", "2024"}
    assert {"steel", "ships", "minister"} <= context.words
    assert not context.dates


def test_what_the_text_writes_in_lower_case_or_only_opens_a_sentence_is_no_name() -> None:
    names = context_of(parse_transcript("talks", TEXT.encode(), Metadata())).names
    assert not names & {"steel", "minister", "before", "afterwards", "oslo"}


def test_a_country_is_known_by_its_adjective() -> None:
    names = context_of(parse_transcript("talks", TEXT.encode(), Metadata(title="Talks in China"))).names
    assert {"china", "chinese"} <= names


def test_contexts_are_read_as_they_were_written(tmp_path: Path) -> None:
    transcript = parse_transcript("talks", TEXT.encode(), Metadata())
    write_contexts(tmp_path / "contexts.json", [transcript])
    assert read_contexts(tmp_path / "contexts.json") == {"talks": context_of(transcript)}


@pytest.mark.parametrize("content", ["", "[]", '{"talks": {"names": []}}'])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "contexts.json").write_text(content)
    with pytest.raises(IndexDamagedError, match="qa-service build"):
        read_contexts(tmp_path / "contexts.json")


def test_capitals_name_nothing_in_a_language_whose_nouns_have_them_too() -> None:
    text = "Der Hafen und die Fähren von Norrland\n\nFrage: Was ist mit dem Hafen?\n\nAda Lund: Er wird gebaut.\n"
    read = {language: parse_transcript("a", text.encode(), Metadata(language=language)) for language in ("de", "en")}
    assert context_of(read["de"]).names == {"ada", "lund"}
    assert {"hafen", "fähren", "norrland"} <= context_of(read["en"]).names


def test_a_date_is_known_by_the_words_that_people_use_for_it() -> None:
    dates = context_of(parse_transcript("talks", TEXT.encode(), Metadata(date="2023-09-14"))).dates
    assert {"2023", "september", "sept", "sep", "9", "14", "14th", "autumn", "fall", "late"} <= dates
    assert not dates & {"winter", "early", "end", "13th"}
    assert context_of(parse_transcript("talks", TEXT.encode(), Metadata(date="2023"))).dates == {"2023"}
    assert {"winter", "beginning", "1st"} <= context_of(
        parse_transcript("t", TEXT.encode(), Metadata(date="2024-01-01"))
    ).dates
