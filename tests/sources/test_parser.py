"""Every form of plain-text transcript, as who asked what and who answered."""

import unicodedata

import pytest

from qa_service.sources.parser import parse
from tests.sources.said import Said, said

ONE_ANSWER: Said = [("Reporter", "How many trams?", [("Ada Lund", "Nine trams run.")])]
TWO_ANSWERS: Said = [("Reporter", "How many trams?", [("Ada Lund", "Nine trams run."), ("Ada Lund", "All are red.")])]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Reporter: How many trams?\n\nAda Lund: Nine trams run.\n", id="label before a colon"),
        pytest.param("Reporter: How many trams?\nAda Lund: Nine trams run.", id="no blank lines"),
        pytest.param("Reporter\n\nHow many trams?\n\nAda Lund: Nine trams run.\n", id="label alone"),
        pytest.param("Reporter _\n\nHow many trams?\n\nAda Lund: Nine trams run. ___\n", id="ornaments"),
        pytest.param("Reporter:\nHow many trams?\n\nAda Lund:\nNine trams run.\n", id="labels on their own lines"),
        pytest.param("**Reporter:** How many trams?\n\n**Ada Lund:** Nine trams run.\n", id="bold, colon inside"),
        pytest.param("**Reporter**: How many trams?\n\n**Ada Lund**: Nine trams run.\n", id="bold, colon outside"),
        pytest.param("[Reporter]: How many trams?\n\n[Ada Lund]: Nine trams run.\n", id="brackets"),
        pytest.param("Reporter： How many trams?\n\nAda Lund：Nine trams run.\n", id="full-width colon"),
        pytest.param("Reporter: How many trams?\r\n\r\nAda Lund: Nine trams run.\r\n", id="CRLF"),
        pytest.param("\ufeffReporter: How many trams?\n\nAda Lund: Nine trams run.\n", id="BOM"),
        pytest.param("[00:00:01] Reporter: How many trams?\n[00:00:04] Ada Lund: Nine trams run.", id="time codes"),
        pytest.param("00:01 Reporter: How many trams?\n\n1:00:04.5 Ada Lund: Nine trams run.", id="bare time codes"),
        pytest.param("Reporter  0:01\nHow many trams?\n\nAda Lund  0:04\nNine trams run.", id="time codes behind"),
        pytest.param(">> Reporter: How many trams?\n\n>> Ada Lund: Nine trams run.", id="caption marks"),
        pytest.param("\n\n  Reporter: How many trams?\n\n\tAda Lund:  Nine trams run.  \n\n", id="white space around"),
        pytest.param(
            "About trams\n\nA word ahead.\n\nReporter: How many trams?\n\nAda Lund: Nine trams run.", id="title"
        ),
    ],
)
def test_one_question_with_one_answer_is_read_in_every_form(text: str) -> None:
    assert said(text) == ONE_ANSWER


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nAll are red.\n", id="blank lines"),
        pytest.param("Reporter: How many trams?\nAda Lund: Nine trams run.\nAll are red.\n", id="a paragraph per line"),
        pytest.param("Reporter: How many trams?\r\nAda Lund: Nine trams run.\r\nAll are red.\r\n", id="CRLF lines"),
        pytest.param(
            "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nAda Lund: All are red.", id="named twice"
        ),
    ],
)
def test_each_answer_paragraph_stands_alone(text: str) -> None:
    assert said(text) == TWO_ANSWERS


def test_several_people_answer_one_question() -> None:
    text = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nBo Strand: I counted ten.\n\nAda Lund: Nine."
    assert said(text) == [
        (
            "Reporter",
            "How many trams?",
            [("Ada Lund", "Nine trams run."), ("Bo Strand", "I counted ten."), ("Ada Lund", "Nine.")],
        )
    ]


def test_a_follow_up_opens_its_own_exchange() -> None:
    text = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nReporter: Only nine?\n\nAda Lund: Only nine."
    assert said(text) == [*ONE_ANSWER, ("Reporter", "Only nine?", [("Ada Lund", "Only nine.")])]


def test_a_speaker_keeps_the_floor_over_an_unlabelled_answer() -> None:
    text = (
        "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nReporter: Any buses?\n\nForty run.\n\nAll are red."
    )
    assert said(text)[1] == ("Reporter", "Any buses?", [("Ada Lund", "Forty run."), ("Ada Lund", "All are red.")])


def test_an_interjection_does_not_end_the_answer() -> None:
    text = (
        "THE CHAIR: How many trams?\n\nMR STRAND (Director): Nine.\n\nTHE CHAIR: Order.\n\nMR STRAND (Director): Red."
    )
    assert said(text) == [("THE CHAIR", "How many trams?", [("MR STRAND", "Nine."), ("MR STRAND", "Red.")])]


def test_thanks_do_not_end_the_answer() -> None:
    text = (
        "Reporter: How many trams?\n\nAda Lund: Nine.\n\nReporter: Thank you very much, Ms Lund.\n\nAda Lund: Red ones."
    )
    assert said(text) == [("Reporter", "How many trams?", [("Ada Lund", "Nine."), ("Ada Lund", "Red ones.")])]


def test_a_short_request_without_a_question_mark_is_a_question() -> None:
    text = "Reporter: How many trams?\n\nAda Lund: Nine.\n\nReporter: Name the price.\n\nAda Lund: Nine crowns."
    assert said(text)[1] == ("Reporter", "Name the price.", [("Ada Lund", "Nine crowns.")])


def test_somebody_who_speaks_unasked_answers_no_question() -> None:
    text = "Ada Lund: Good morning to all.\n\nReporter: How many trams?\n\nAda Lund: Nine trams run."
    assert said(text) == [(None, None, [("Ada Lund", "Good morning to all.")]), *ONE_ANSWER]


def test_a_question_of_several_paragraphs_is_one_question() -> None:
    text = "Reporter: The city has trams.\n\nHow many trams?\n\nAda Lund: Nine trams run."
    assert said(text)[0][1] == "The city has trams.\n\nHow many trams?"


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Reporter: How many trams run\nin the whole city?\n\n"
        "Ada Lund: Nine trams run in\nthe whole city and all\nof them are red.\n\nTwo of them\nare old.\n"
    )
    answers = ["Nine trams run in\nthe whole city and all\nof them are red.", "Two of them\nare old."]
    assert said(text) == [("Reporter", "How many trams run\nin the whole city?", [("Ada Lund", a) for a in answers])]


def test_between_people_who_are_only_named_the_one_with_the_questions_asks() -> None:
    text = "Ada Lund: Shall we begin?\n\nBo Strand: Nine trams run.\n\nAda Lund: Why nine?\n\nBo Strand: Because."
    assert [(asker, answers) for asker, _, answers in said(text)] == [
        ("Ada Lund", [("Bo Strand", "Nine trams run.")]),
        ("Ada Lund", [("Bo Strand", "Because.")]),
    ]


def test_the_title_is_the_line_before_the_first_speaker() -> None:
    spoken = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n"
    assert parse(f"About trams\n\n{spoken}").title == "About trams"
    assert parse(spoken).title is None


def test_a_title_loses_its_heading_mark() -> None:
    assert parse("# Trams\n\nReporter: How many trams?\n\nAda Lund: Nine.\n").title == "Trams"


def test_paragraph_numbers_count_everything_printed() -> None:
    """Title 0, introduction 1, question 2: so the first answer is 3."""
    text = "About trams\n\nA word.\n\nReporter: How many?\n\nAda Lund: Nine.\n\nReporter: Red?\n\nAda Lund: Yes."
    assert [a.number for e in parse(text).exchanges for a in e.answers] == [3, 5]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(f"Sign {'_' * 100_000} now.", id="a line to sign on"),
        pytest.param(f"Sign {'_ ' * 100_000}now.", id="a dotted line to sign on"),
        pytest.param(f"Ada{' ' * 100_000}said so.", id="spaces behind a name"),
        pytest.param(f"Ada{'-' * 100_000}said so.", id="dashes behind a name"),
        pytest.param(f"Ada{'1' * 100_000}said so.", id="digits behind a name"),
        pytest.param("Ada (" * 50_000 + "said so.", id="brackets behind a name"),
    ],
)
def test_a_long_run_of_one_character_is_part_of_the_answer(answer: str) -> None:
    text = f"Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\n{answer}\n"
    assert said(text) == [("Reporter", "How many trams?", [("Ada Lund", "Nine trams run."), ("Ada Lund", answer)])]


@pytest.mark.parametrize("ornament", ["___", "* * *", "\n***", "=~=", "__ \u200b", "\n\n_", "\n\n* * *"])
def test_an_ornament_is_not_part_of_the_answer(ornament: str) -> None:
    assert said(f"Reporter: How many trams?\n\nAda Lund: Nine trams run. {ornament}\n") == ONE_ANSWER


def test_a_sign_that_ends_a_word_is_part_of_it() -> None:
    (exchange,) = said("Reporter: In which language?\n\nAda Lund: In C#\n")
    assert exchange[2] == [("Ada Lund", "In C#")]


@pytest.mark.parametrize("invisible", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200b \u2060"])
def test_an_invisible_line_is_no_statement(invisible: str) -> None:
    text = f"Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\n{invisible}\n\nAll are red.\n"
    assert said(text) == TWO_ANSWERS


@pytest.mark.parametrize(
    ("asker", "first", "answer", "second"),
    [
        ("الصحفي", "ما هي الخطة؟", "أحمد علي", "والقطار؟"),
        ("خبرنگار", "برنامه چیست؟", "علی رضا", "و قطار؟"),
        ("Δημοσιογράφος", "Ποιο είναι το σχέδιο;", "Άννα Παππά", "Και τα τρένα που;"),
        ("Δημοσιογράφος", "Ποιο είναι το σχέδιο\u037e", "Άννα Παππά", "Πού\u037e"),
        ("Anna Berg", "What is it؟", "Ola Dahl", "And roads؟"),
    ],
)
def test_who_asks_is_told_by_the_question_marks_of_every_script(
    asker: str, first: str, answer: str, second: str
) -> None:
    text = f"{asker}: {first}\n\n{answer}: Nine.\n\n{asker}: {second}\n\n{answer}: Red.\n"
    for form in (text, unicodedata.normalize("NFD", text)):
        assert [(e.asker, [a.speaker for a in e.answers]) for e in parse(form).exchanges] == [(asker, [answer])] * 2


def test_a_semicolon_after_other_letters_asks_nothing() -> None:
    text = "Ada Lund: Is it so?\n\nBo Strand: Cafe\u0301; tea; trams.\n"
    assert said(text) == [("Ada Lund", "Is it so?", [("Bo Strand", "Cafe\u0301; tea; trams.")])]


def test_hindi_paragraphs_of_one_line_each_stand_alone() -> None:
    text = "Reporter: How many trams?\nAda Lund: नौ ट्राम हैं।\nसब लाल हैं।\nदो पुरानी हैं॥\n"
    assert [words for _, words in said(text)[0][2]] == ["नौ ट्राम हैं।", "सब लाल हैं।", "दो पुरानी हैं॥"]
