"""What a question asks for and what a statement lacks."""

import numpy as np
import pytest

from qa_service.indexing.lexical import LexicalIndex
from qa_service.language.profile import ENGLISH, profile_of
from qa_service.retrieval.answerability import FEATURES, answer_features, asks_something, read_question
from qa_service.retrieval.retriever import Retriever

INDEX = LexicalIndex.build(["The 6 percent of 2022 in Lindhaven", "Nothing"], ["en", "en"])


@pytest.mark.parametrize(
    ("question", "numbers", "names"),
    [
        ("What happened in 2019?", ["2019"], []),
        ("Did the mayor of Lindhaven speak?", [], ["lindhaven"]),
        ("Speak. Then nothing?", [], []),  # a capital that begins a sentence is no name
        ("what does jack ma think", [], []),
        ("Did The Mayor Of Lindhaven Speak?", [], []),  # where all words have capitals, none is a name by them
        ("WHAT DID LINDHAVEN SAY?", [], []),
    ],
)
def test_numbers_and_names(question: str, numbers: list[str], names: list[str]) -> None:
    coverage = INDEX.coverage(INDEX.terms(question), np.array([0, 1]))
    parts = read_question(question, coverage)
    assert [t for t, yes in zip(coverage.terms, parts.numbers, strict=True) if yes] == numbers
    assert [t for t, yes in zip(coverage.terms, parts.names, strict=True) if yes] == names


@pytest.mark.parametrize(
    ("question", "quantity", "time"),
    [
        ("how many trams?", True, False),
        ("subsidy amount per car", True, False),
        ("When does it start?", False, True),
        ("what year was that", False, True),
        ("Why?", False, False),
    ],
)
def test_what_is_asked_for(question: str, *, quantity: bool, time: bool) -> None:
    parts = read_question(question, INDEX.coverage(INDEX.terms(question), np.array([0])))
    assert (parts.asks_quantity, parts.asks_time) == (quantity, time)


def test_names_are_told_by_the_languages_of_the_index() -> None:
    index = LexicalIndex.build(["Die Universität Heidelberg berät Familien", "Nothing"], ["de", "en"])
    question = "What does the Universität Heidelberg tell Familien?"
    coverage = index.coverage(index.terms(question), np.array([0, 1]))
    parts = read_question(question, coverage)
    named = [t for t, yes in zip(coverage.terms, parts.names, strict=True) if yes]
    assert named == ["famili", "heidelberg", "universitat"]


def test_german_nouns_are_no_names_and_no_rule_for_english_words_reads_another_language() -> None:
    question = "Was rät die Universität, wenn das Budget für Familien nicht reicht?"
    parts = read_question(question, INDEX.coverage(INDEX.terms(question), np.array([0, 1])))
    assert not parts.names.any()
    assert not parts.asks_quantity
    assert read_question("What is the budget?", INDEX.coverage(["budget"], np.array([0]))).asks_quantity


def test_a_statement_of_another_language_lacks_no_english_word_for_numbers(retriever: Retriever) -> None:
    (evidence,) = retriever.gather(["How many drivers run when?"], {})
    assert evidence is not None
    lacks = [FEATURES.index("no_number"), FEATURES.index("no_time")]
    english = answer_features(evidence, [0, 1], ["Zwölf", "Zwölf"], [ENGLISH, profile_of("de")])[:, lacks]
    assert english.tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_words_of_small_talk_ask_something_in_another_language() -> None:
    assert asks_something("Warum das so was ist?")
    assert asks_something("你好？")
    assert not asks_something("？")


def test_coverage_tells_which_statement_holds_which_term_and_rare_terms_weigh_more() -> None:
    coverage = INDEX.coverage(INDEX.terms("2022 nothing 2019"), np.array([1, 0]))
    held = {term: coverage.present[:, i].tolist() for i, term in enumerate(coverage.terms)}
    assert held == {"2019": [False, False], "2022": [False, True], "noth": [True, False]}
    assert coverage.idf[coverage.terms.index("2019")] > coverage.idf[coverage.terms.index("2022")]


@pytest.mark.parametrize(
    "question",
    [
        "?",
        "...",
        "🚀",
        "hi there",
        "What can you do?",
        "Thank you very much!",
        "help",
        "Please help me",
        "",
        "OK thanks",
        "HELP ME",
    ],
)
def test_talk_that_asks_the_sources_nothing(question: str) -> None:
    assert not asks_something(question)


@pytest.mark.parametrize(
    "question",
    [
        "loans",
        "hi, how do I get help with a loan?",
        "Wer sind Sie?",
        "2030?",
        "为什么",
        "What help is there?",
        "What was the test?",
        "What is the WHO?",
        "who are IT",
    ],
)
def test_what_asks_something(question: str) -> None:
    assert asks_something(question)


def test_small_talk_is_not_answered_however_well_it_matches(retriever: Retriever) -> None:
    ranking = retriever.rank(["hi, what is this?"], 3, {})[0]
    assert ranking.hits
    assert ranking.confidence == 0
    assert all(hit.confidence == 0 for hit in ranking.hits)
    assert retriever.rank(["hi, what is this tram?"], 3, {})[0].confidence > 0
