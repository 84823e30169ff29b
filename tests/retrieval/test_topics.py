"""A question that only names a topic is answered by the sentence that speaks of it."""

import pytest

from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.topics import SURE, is_spoken_of, topic_of

TEXT = "Nine night trams run. A harbour levy covers the drivers' wages. It was raised in March."


@pytest.mark.parametrize(
    "question",
    [
        "What is said about the harbour levy?",
        "what did they say about harbour levies",
        "What do they have to say about the harbour levy?",
        "Did he mention the harbour levy?",
        "Has anyone talked about the harbour levy?",
        "did she say anything about harbour levies?",
        "Is the harbour levy mentioned at all?",
        "is there anything on the harbour levy",
        "Anything about the harbour levy?",
        "What about the harbour levy?",
        "Please tell me about the harbour levy.",
        "Summarize the discussion about the harbour levy.",
        "quotes on the harbour levy",
        "the harbour levy",
        "Harbour Levy?",
    ],
)
def test_a_topic_is_read_in_many_forms(question: str) -> None:
    topic = topic_of(question)
    assert topic is not None
    assert topic == topic_of("harbour levy")
    assert is_spoken_of(topic, TEXT)


@pytest.mark.parametrize(
    "question",
    [
        "Is a harbour levy planned?",
        "How high is the harbour levy?",
        "What is said about how high the harbour levy is?",
        "Did he mention why the levy was raised?",
        "harbour levy not raised",
        "What about it?",
        "?",
        "trams harbour levy drivers wages March raised",  # too many words to be a topic
        "harbour levy " * 20,
    ],
)
def test_what_asks_something_of_it_is_no_topic(question: str) -> None:
    assert topic_of(question) is None


@pytest.mark.parametrize("topic", ["harbour trams", "levy March", "harbour levies of Elmbridge", "levy exemption"])
def test_a_topic_whose_words_stand_in_no_one_sentence_is_not_spoken_of(topic: str) -> None:
    found = topic_of(topic)
    assert found is not None
    assert not is_spoken_of(found, TEXT)


def test_the_statement_that_speaks_of_it_comes_first_and_is_sure(retriever: Retriever) -> None:
    ranking = retriever.rank(["Did they mention the university?"], 3, {})[0]
    first = retriever.generation.store.statements([ranking.hits[0].row])[0]
    assert "university" in first.text
    assert "university" in ranking.hits[0].span.text
    assert ranking.confidence == ranking.hits[0].confidence >= SURE
    assert ranking.hits[-1].confidence < SURE
    scores = [hit.score for hit in ranking.hits]
    assert scores == sorted(set(scores), reverse=True)


def test_a_topic_that_nobody_speaks_of_is_no_surer_than_before(retriever: Retriever) -> None:
    assert retriever.rank(["Did they mention the airport?"], 3, {})[0].confidence < SURE


def test_in_other_languages_words_are_no_topic(retriever: Retriever) -> None:
    assert retriever.rank(["was ist mit university harbour"], 3, {})[0].confidence < SURE
