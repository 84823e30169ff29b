"""Which words of a conversation are searched."""

import unicodedata

import pytest

from qa_service.api.chat.conversation import content_words, leans, question_in, searches
from qa_service.errors import BadRequestError
from qa_service.language.questions import short_question

LEANING = """and for small firms?|why?|Why not?|what about 2024?|How about 5G?|What does it cost?|Who pays for it?
When will they start?|How many of them are there?|What did he mean by that?|tell me more|Can you elaborate?|Who else?
For whom?|by when?|In which sectors?|and the banks?|Is this enough?|What are its goals?|Does that apply to banks too?
But is there money?|since when?|the second one?|Give me an example|How so?|How big is it?|What will their role be?|6G?
How much?|Why is that important?|Which ones?|What happens after that?|Explain this in more detail|How will this be done?
Are those measures new?|What else is planned?|Is he optimistic?|What’s its budget?"""
STANDING_ALONE = """How will small firms get loans?|What is planned for 6G?|Who protects users from telecom fraud?
telecom fraud|digital economy measures|What measures will be taken this year?|Did the minister say that loans will grow?
How do firms protect their data?|Is it true that exports fell?|What did Jin Zhuanglong say about the digital economy?
Which industries are supported and how are they funded?|Why does the ministry support foreign firms?
In 2023, which policies will support manufacturing investment?|How many specialized SMEs are planned?
How will banks lend if they are afraid of losses?|What is done so that companies can lend?
How large is the telecom network?|With which countries will cooperation zones be built?
What are the most important measures these days?
Will the ministry continue its 5G plan?|What does the fund do for new energy vehicles?|Does policy help consumers?"""
LOANS = "How will small firms get loans?"


def lines(table: str) -> list[str]:
    """The questions of a table."""
    return table.replace("\n", "|").split("|")


@pytest.mark.parametrize("question", lines(LEANING))
def test_a_question_that_needs_what_was_said_before_leans(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", lines(STANDING_ALONE))
def test_a_question_that_names_its_topic_stands_alone(question: str) -> None:
    assert not leans(question)


def test_the_first_question_is_searched_as_it_is_even_if_it_leans() -> None:
    assert searches(["Why?"]).texts == ["Why?"]


def test_a_new_topic_is_searched_as_it_is() -> None:
    assert searches([LOANS, "What is planned for 6G?"]).texts == ["What is planned for 6G?"]


def test_a_leaning_question_is_searched_both_ways() -> None:
    assert searches([LOANS, " And for large ones? "]).texts == ["And for large ones?", f"{LOANS} And for large ones?"]


@pytest.mark.parametrize("said", ["thanks!", "hello", "ok", "Thank you very much"])
def test_small_talk_leans_on_nothing(said: str) -> None:
    assert searches([LOANS, said]).texts == [said]


@pytest.mark.parametrize("said", ["how so", "why", "who else?", "and?"])
def test_what_asks_for_more_is_no_small_talk(said: str) -> None:
    assert searches([LOANS, said]).joined == f"{LOANS} {said}"


def test_a_chain_of_leaning_questions_goes_back_to_the_one_that_stands_alone() -> None:
    asked = ["What is planned for 6G?", LOANS, "And for large ones?", "Why?"]
    assert searches(asked).joined == f"{LOANS} And for large ones? Why?"


def test_the_same_question_again_is_not_joined_with_itself() -> None:
    assert searches(["Why?", "Why?"]).joined is None


def test_what_would_be_too_long_together_is_searched_alone() -> None:
    assert searches(["x" * 1999, "Why?"]).texts == ["Why?"]


@pytest.mark.parametrize("asked", [[], [""], ["trams", " \n"]])
def test_without_a_question_the_error_says_where_one_belongs(asked: list[str]) -> None:
    with pytest.raises(BadRequestError, match="role 'user' must hold text") as caught:
        searches(asked)
    assert caught.value.param == "messages"


def test_of_a_long_paste_the_last_line_that_asks_is_searched() -> None:
    paste = f"Is this so?\n{'word ' * 500}\nWho pays for the drivers?\nThanks!"
    assert question_in(paste) == "Who pays for the drivers?"


@pytest.mark.parametrize(
    "question", ["谁付钱？", "من يدفع؟", "Ποιος πληρώνει;", "Πού\u037e", unicodedata.normalize("NFD", "Πού;")]
)
def test_a_line_asks_by_the_question_mark_of_every_script(question: str) -> None:
    assert question_in(f"{'word ' * 500}\n{question}\nThanks; bye;") == question


def test_a_long_paste_without_a_question_is_refused_with_its_length() -> None:
    with pytest.raises(BadRequestError, match="2500 characters; at most 2000"):
        question_in("x" * 2500)


def test_a_long_line_of_accents_is_passed_over_in_a_moment() -> None:
    assert question_in("a" + "\u0301\u0316" * 500_000 + "\nWho pays?") == "Who pays?"


def test_content_words_are_those_with_a_topic() -> None:
    assert content_words("And what about the small firms' loans?") == 3


@pytest.mark.parametrize(
    ("asked", "short"),
    [
        ("The city has trams; all are red. How many? Nine?", "How many? Nine?"),
        ("المدينة كبيرة. ما هي الخطة؟ شكرا.", "ما هي الخطة؟"),
        ("Η πόλη είναι μεγάλη. Πόσα τραμ; Ευχαριστώ.", "Πόσα τραμ;"),
        ("ट्राम लाल हैं। Who pays?", "Who pays?"),
    ],
)
def test_of_an_interviewers_turn_the_sentences_that_ask_are_shown(asked: str, short: str) -> None:
    assert short_question(asked) == short
