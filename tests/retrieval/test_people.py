"""Who of the sources a name, an office or a body means."""

from collections.abc import Mapping, Sequence

import pytest

from qa_service.indexing.context import context_of
from qa_service.indexing.names import Names
from qa_service.records import Document, Exchange, Paragraph, Piece, Transcript
from qa_service.retrieval.people import People, Source


def source(id_: str, title: str, *speakers: str, front: str = "", roles: Mapping[str, str] | None = None) -> Source:
    """A document of that title and introduction."""
    said = "The police came."
    document = Document(id_, title, "en", "", f"{front}\n\n{said}", speakers, roles=roles or {})
    begins = len(front) + 2
    answer = Paragraph(1, None, Piece(said, begins, begins + len(said)))
    return Source(id_, speakers, context_of(Transcript(document, (Exchange(1, None, None, (answer,)),))))


SOURCES = [
    source(
        "rents",
        "Standing Committee on Housing, Province of Quillan: hearing",
        "HUGH OKONJO",
        "PROFESSOR LUND",
        "GREGOR MASZLANKA",
        "JORIS RAALTE",
        front="Professor Adaeze Lund of the University of Quillan; Gregor Maszlanka for the Property Owners' League; "
        "and Deputy Registrar Hugh Okonjo. Lady Justice Amabel Roke presided.",
        roles={"JORIS RAALTE": "police chief"},
    ),
    source("blood", "Blood Service of Karlow: briefing", front="Dr Imogen Pastorek, medical director, answered."),
    source("valley", "Voices of the valley, tape 2: Edna Prowse, weaver"),
    source("steel", "Talks with Jin Zhuanglong, Minister of Industry of China, on President Moss", "Jin Zhuanglong"),
]
SPEAKERS = [speaker for source in SOURCES for speaker in source.speakers]
PEOPLE = People(SOURCES, Names(SPEAKERS).fitting)


@pytest.mark.parametrize(
    ("who", "speakers"),
    [
        ("Lund", ["PROFESSOR LUND"]),
        ("Professor Adaeze Lund", ["PROFESSOR LUND"]),
        ("Lund of Quillan", ["PROFESSOR LUND"]),
        ("the deputy registrar", ["HUGH OKONJO"]),
        ("the man from the Property Owners' League", ["GREGOR MASZLANKA"]),
        ("the police chief", ["JORIS RAALTE"]),
        ("Inspector Raalte", []),  # nobody says that he is one
        ("the Chinese minister", ["Jin Zhuanglong"]),
        ("the minister of industry of China", ["Jin Zhuanglong"]),
    ],
)
def test_people_are_found_by_name_office_and_body(who: str, speakers: list[str]) -> None:
    assert list((PEOPLE.named(who) or {}).get("speaker", [])) == speakers


@pytest.mark.parametrize(
    ("who", "documents"),
    [
        ("Dr Pastorek", ["blood"]),
        ("the medical director", ["blood"]),
        ("the Blood Service", ["blood"]),
        ("Edna", ["valley"]),
        ("the old weaver", ["valley"]),
    ],
)
def test_where_no_speaker_has_a_name_the_document_is_found(who: str, documents: Sequence[str]) -> None:
    assert PEOPLE.named(who) == {"document": documents}


@pytest.mark.parametrize(
    "who",
    [
        "Jane Lund",
        "President Moss",
        "Moss",
        "Amabel Roke",
        "Lady Justice Roke",
        "the minister of defence",
        "the Estmarkian minister",
        "the commission",
        "the man",
        "the",
    ],
)
def test_who_does_not_speak_is_nobody(who: str) -> None:
    assert PEOPLE.named(who) is None


@pytest.mark.parametrize("who", ["she", "the interviewee", "this interview"])
def test_anybody_may_be_meant(who: str) -> None:
    assert PEOPLE.named(who) == {}
