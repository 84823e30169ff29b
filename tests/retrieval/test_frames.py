"""Frames that name who is asked are taken off; those that name somebody else stay."""

import pytest

from qa_service.indexing.context import Context, context_of
from qa_service.indexing.names import Names
from qa_service.records import Document, Transcript
from qa_service.retrieval.frames import LONGEST, Framed, Frames
from qa_service.retrieval.people import People, Source

MINISTER, COACH = "Jin Zhuanglong", "Coach Ada Lund"


def known_of(title: str, *speakers: str) -> Context:
    """What is known of a document of that title."""
    return context_of(Transcript(Document("x", title, "en", "", "Steel is dear.", speakers), ()))


def source(id_: str, title: str, *speakers: str) -> Source:
    """A document of that title."""
    return Source(id_, speakers, known_of(title, *speakers))


SOURCES = [
    source(
        "interview", f"Interview with {MINISTER}, Minister of Industry of China, on President Moss and steel", MINISTER
    ),
    source("match", "After the match", COACH, "May Rose"),
    source("tariffs", "A governor speaks", "Bo Strand"),
    source("valley", "Voices of the valley, tape 2: Edna Prowse, weaver"),
    source(
        "outage", "Inquiry of the Communications Committee: Helka Rautio, chief executive of Telmark", "HELKA RAUTIO"
    ),
]
FRAMES = Frames(People(SOURCES, Names([MINISTER, COACH, "May Rose", "Bo Strand", "HELKA RAUTIO"]).fitting))
OF_JIN = {"speaker": [MINISTER]}
OF_RAUTIO = {"speaker": ["HELKA RAUTIO"], "document": ["outage"]}
OF_THE_MINISTER = {"speaker": [MINISTER], "document": ["interview"]}


@pytest.mark.parametrize(
    ("question", "asked", "filters"),
    [
        ("According to Jin Zhuanglong, how is steel doing?", "how is steel doing?", OF_JIN),
        ("according to minister jin how is steel doing?", "how is steel doing?", OF_JIN),
        ("According to the minister, how is steel doing?", "how is steel doing?", OF_THE_MINISTER),
        ("What did the Minister of Industry say about steel?", "steel?", OF_THE_MINISTER),
        ("What did Jin say about this: is steel dear?", "is steel dear?", OF_JIN),
        ("Tell me what Jin Zhuanglong said about steel", "steel", OF_JIN),
        ("Did the minister say anything about steel?", "steel?", OF_THE_MINISTER),
        ("What are the minister's views on steel?", "steel?", OF_THE_MINISTER),
        ("In Jin Zhuanglong’s opinion, is steel dear?", "is steel dear?", OF_JIN),
        ("I'd like to know from Jin Zhuanglong: is steel dear?", "is steel dear?", OF_JIN),
        ("Is steel dear, according to Jin Zhuanglong?", "Is steel dear", OF_JIN),
        ("Is steel dear, Jin Zhuanglong?", "Is steel dear", OF_JIN),
        ("According to Jin, does the minister like steel?", "does they like steel?", OF_JIN),
        ("What did Jin say about Bo Strand?", "Bo Strand?", OF_JIN),
        ("In the interview, is steel dear?", "is steel dear?", {}),
        ("Is steel dear in this transcript?", "Is steel dear", {}),
        ("What did he say about steel?", "steel?", {}),
        (
            "According to the governor, is steel dear?",
            "is steel dear?",
            {"speaker": ["Bo Strand"], "document": ["tariffs"]},
        ),
        ("How dear is steel, in the minister's view?", "How dear is steel", OF_THE_MINISTER),
        ("How dear is steel, as Jin told reporters?", "How dear is steel", OF_JIN),
        ("Jin Zhuanglong on steel", "steel", OF_JIN),
        ("Minister Jin: is steel dear?", "is steel dear?", OF_JIN),
        ("When does Jin think that steel will be cheap?", "When steel will be cheap?", OF_JIN),
        ("Which prices does the minister mention?", "Which prices", OF_THE_MINISTER),
        ("What steel prices did they tell of when Jin spoke?", "What steel prices did they tell of", OF_JIN),
        ("zhuanglong steel prices", "steel prices", OF_JIN),
        ("How much did Rautio ask?", "How much did they ask?", {"speaker": ["HELKA RAUTIO"]}),
        ("Did Telmark's chief executive resign?", "Did they resign?", OF_RAUTIO),
        ("What will the Communications Committee do?", "What will they do?", {"document": ["outage"]}),
        ("How did Edna learn?", "How did they learn?", {"document": ["valley"]}),
        ("How does the minister see steel?", "How does they see steel?", OF_THE_MINISTER),
        ("What are the minister's plans for steel?", "What are their plans for steel?", OF_THE_MINISTER),
        ("Why is Ada Lund angry?", "Why is they angry?", {"speaker": [COACH]}),
    ],
)
def test_a_frame_is_taken_off_and_tells_whose_statements_may_answer(
    question: str, asked: str, filters: dict[str, list[str]]
) -> None:
    read = FRAMES.read(question)
    assert (read.question, read.filters) == (asked, filters)


@pytest.mark.parametrize(
    "question",
    [
        "According to Jane Smith, how is steel doing?",
        "What did Minister Smith say about steel?",
        "What did the mayor say about steel?",
        "What did President Moss say about steel?",  # the title names him; he says nothing here
        "According to the president, is steel dear?",
        "According to the report, is steel dear?",
        "How does the minister of defence see steel?",
        "What does the minister's predecessor want?",
        "How do Ada Lund and the others see steel?",
        "Why does Jane Lund like steel?",
        "Jane Lund likes steel, why?",
        "Why does Ada Moss like steel?",
        "What is the chief reason for steel?",
        "What did the former minister say about steel?",
        "How is the mood at the Communications Committee?",
        "What did the Communications Committee chaplain say?",
        "How is the minister who resigned?",
        "Why does the minister of defence think that steel is dear?",
        "What stands in the document?",
        "How may steel become dearer?",
        "Where has the rose garden gone?",
        "How is steel doing?",
        f"According to Jin Zhuanglong, {'steel ' * LONGEST}?",
    ],
)
def test_anything_else_is_asked_as_it_is(question: str) -> None:
    assert FRAMES.read(question) == Framed(question)


def test_who_is_asked_alone_may_answer_and_of_who_is_mentioned_others_may_speak() -> None:
    assert FRAMES.read("According to Jin Zhuanglong, is steel dear?").only
    assert not FRAMES.read("How does the minister see steel?").only
    assert not FRAMES.read("In the interview, is steel dear?").only
