"""Whose name a line opens with, and what only looks like a name."""

import unicodedata
from typing import Literal

import pytest

from qa_service.sources.parser import parse
from tests.sources.said import said


@pytest.mark.parametrize("mark", [":", "."])
def test_q_and_a_letters_leave_the_speaker_to_the_metadata(mark: str) -> None:
    text = f"Q{mark} How many trams?\n\nA{mark} Nine trams run.\n\nQ{mark} Any buses?\n\nA{mark} Forty.\n"
    assert said(text) == [
        ("Q", "How many trams?", [(None, "Nine trams run.")]),
        ("Q", "Any buses?", [(None, "Forty.")]),
    ]
    assert said(text, speakers=("Ada Lund",))[0][2] == [("Ada Lund", "Nine trams run.")]


def test_a_name_in_capitals_is_the_same_person() -> None:
    text = "Q: How?\n\nADA LUND: So.\n\nQ: And?\n\nAda Lund: Like this.\n\nQ: Why?\n\nADA LUND: For you.\n"
    assert parse(text.replace("Q:", "Reporter:")).speakers == ("Ada Lund",)


def test_a_role_in_brackets_is_not_part_of_the_name() -> None:
    text = "THE CHAIR: How many trams?\n\nMR STRAND (Director of Transport): Nine trams run.\n"
    assert said(text) == [("THE CHAIR", "How many trams?", [("MR STRAND", "Nine trams run.")])]


def test_chinese_labels_and_punctuation_are_read() -> None:
    text = (
        "记者：有多少电车？\n\n金壮龙：有九辆电车。\n\n它们是红色的。\n\n记者：还有公共汽车吗？\n\n金壮龙：有四十辆。\n"
    )
    assert said(text) == [
        ("记者", "有多少电车？", [("金壮龙", "有九辆电车。"), ("金壮龙", "它们是红色的。")]),
        ("记者", "还有公共汽车吗？", [("金壮龙", "有四十辆。")]),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "Note: the third tram is red.",
        "First: we bought trams.",
        "The rule is simple: nine trams.",
        "At 10:30 they leave.",
        "A4: The form's size.",
        "https://trams.example/ lists them.",
        "Yes! Our plan: more trams.",
    ],
)
def test_a_colon_inside_an_answer_names_nobody(answer: str) -> None:
    text = f"Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\n{answer}\n"
    assert said(text) == [("Reporter", "How many trams?", [("Ada Lund", "Nine trams run."), ("Ada Lund", answer)])]


def test_metadata_says_who_asks_and_how_names_are_written() -> None:
    text = "Ada: The trams first.\n\nBo: Nine trams run.\n\nADA: Now tell us about buses.\n\nBO: Forty."
    assert said(text, speakers=("Bo",), askers=("Ada",)) == [
        ("Ada", "The trams first.", [("Bo", "Nine trams run.")]),
        ("Ada", "Now tell us about buses.", [("Bo", "Forty.")]),
    ]


def test_a_recorders_names_with_underscores_are_speakers() -> None:
    parsed = parse("SPEAKER_00: How many trams?\n\nSPEAKER_01: Nine trams run.\n")
    assert parsed.speakers == ("SPEAKER_01",)


@pytest.mark.parametrize("answer", ["We met at 10:30", "10:30 is early for trams.", "Doors open 19:00"])
def test_a_time_in_an_answer_names_nobody(answer: str) -> None:
    exchanges = said(f"Reporter: When?\n\nAda Lund: Soon.\n\n{answer}\n")
    assert exchanges == [("Reporter", "When?", [("Ada Lund", "Soon."), ("Ada Lund", answer)])]


def test_a_title_with_a_colon_is_nobodys_name() -> None:
    parsed = parse("Night Trams: a talk\n\nReporter: How many trams?\n\nAda Lund: Nine trams run.\n")
    assert parsed.title == "Night Trams: a talk"
    assert parsed.speakers == ("Ada Lund",)


def test_a_one_word_name_without_capitals_is_a_label_when_it_answers_once() -> None:
    assert parse("记者：有多少电车？\n\n金壮龙：有九辆电车。\n").speakers == ("金壮龙",)


@pytest.mark.parametrize("answer", ["第一：我们买了电车。", "注：它们是红色的。", "我们今年的计划是这样的：九辆电车。"])
def test_a_chinese_colon_inside_an_answer_names_nobody(answer: str) -> None:
    assert said(f"记者：有多少电车？\n\n金壮龙：有九辆。\n\n{answer}\n")[0][2] == [
        ("金壮龙", "有九辆。"),
        ("金壮龙", answer),
    ]


@pytest.mark.parametrize(
    ("asker", "speaker"),
    [
        ("Speaker 1", "Speaker 2"),
        ("SPEAKER 1", "SPEAKER 12"),
        ("speaker 1", "speaker 2"),
        ("Interviewer 2", "Respondent 14"),
        ("Reporter", "Participant #3"),
        ("Reporter", "Ada & Bob"),
        ("记者", "发言人 1"),
    ],
)
def test_a_person_known_by_a_number_and_two_people_together_are_speakers(asker: str, speaker: str) -> None:
    text = f"{asker}: How many trams?\n\n{speaker}: Nine trams run.\n"
    assert said(text) == [(asker, "How many trams?", [(speaker, "Nine trams run.")])]


def test_a_longer_name_with_a_number_is_one_when_it_comes_again() -> None:
    once = "Reporter: Who gets a loan?\n\nAda Lund: Nearly all.\n\nTake client 2: they got none."
    assert said(once)[0][2][1] == ("Ada Lund", "Take client 2: they got none.")
    twice = "Reporter: Who?\n\nAudience Member #3: I did.\n\nReporter: And?\n\nAudience Member #3: He did."
    assert said(twice)[1] == ("Reporter", "And?", [("Audience Member #3", "He did.")])


def test_people_known_by_numbers_are_kept_apart_where_others_are_named() -> None:
    text = "Host: How many trams?\n\nSpeaker 2: Nine trams run.\n\nHost: Any buses?\n\nSpeaker 3: Forty."
    assert [answers for _, _, answers in said(text)] == [[("Speaker 2", "Nine trams run.")], [("Speaker 3", "Forty.")]]


@pytest.mark.parametrize(
    "answer",
    [
        "Phase 2: We buy trams.",
        "Line 5: Two trams.",
        "In 2030: Forty trams.",
        "We thank speaker 2: He was there.",
    ],
)
def test_a_number_before_a_colon_names_nobody_by_itself(answer: str) -> None:
    text = f"Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\n{answer}\n\n{answer}\n"
    assert said(text)[0][2][1:] == [("Ada Lund", answer), ("Ada Lund", answer)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Question", "Answer"),
        ("Question 1", "Answer 1"),
        ("Frage", "Antwort"),
        ("Question", "Réponse"),
        ("Domanda", "Risposta"),
        ("Вопрос", "Ответ"),
        ("记者", "回答"),
        ("问", "答"),
    ],
)
def test_a_label_that_says_answer_is_nobodys_name(question: str, answer: str) -> None:
    text = f"{question}: How many trams?\n\n{answer}: Nine trams run.\n"
    assert said(text) == [(question, "How many trams?", [(None, "Nine trams run.")])]
    assert said(text, speakers=("Ada Lund",))[0][2] == [("Ada Lund", "Nine trams run.")]


def test_a_name_of_one_character_tells_people_apart() -> None:
    text = "记者：有多少电车？\n\n李：有九辆。\n\n王：它们是红色的。\n"
    assert said(text)[0][2] == [("李", "有九辆。"), ("王", "它们是红色的。")]
    assert said(text, speakers=("李", "王小明"))[0][2] == [("李", "有九辆。"), ("王", "它们是红色的。")]
    assert said("Host: Trams?\n\nR: Nine.\n\nR: Red.", speakers=("Ada Lund",))[0][2][0] == ("Ada Lund", "Nine.")


def test_a_question_mark_is_in_nobodys_name() -> None:
    text = "الصحفي: ما هي الخطة؟\n\nأحمد علي: سنبني.\n\nماذا قال؟ قال: سنبني.\n\nنعم.\n"
    assert parse(text).speakers == ("أحمد علي",)


Form = Literal["NFC", "NFD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD")
MINISTRY = "Ministère de l'Économie, cabinet du secrétaire d'État"


@pytest.mark.parametrize("form", FORMS)
def test_names_are_read_alike_with_accents_composed_or_apart(form: Form) -> None:
    text = unicodedata.normalize(form, f"Présentateur: Où ?\n\n{MINISTRY}: Là, à l'école.\n\nJosé Núñez: Né là.\n")
    quotes = [unicodedata.normalize(form, quote) for quote in ("Où ?", "Là, à l'école.", "Né là.")]
    for other in FORMS:
        speakers = (unicodedata.normalize(other, MINISTRY), "José Núñez")
        assert said(text, speakers=speakers) == [
            ("Présentateur", quotes[0], [(MINISTRY, quotes[1]), ("José Núñez", quotes[2])])
        ]
    for exchange in parse(text, speakers=(MINISTRY,)).exchanges:
        for answer in exchange.answers:
            assert text[answer.piece.start : answer.piece.end] == answer.piece.text
