"""Who asks, decided over the whole text; and what is neither question nor answer."""

import pytest

from qa_service.sources.parser import Told, parse
from tests.sources.said import said


def kinds(text: str, told: Told | None = None) -> list[tuple[str, str]]:
    """(name, kind) of every turn."""
    return [(turn.name, turn.kind) for turn in parse(text, told=told).turns]


def test_all_of_a_turn_is_looked_at_and_one_persons_labels_are_one_turn() -> None:
    text = (
        "[S_0]: Thank you for coming.\n[S_0]: How many meals do you cook?\n[S_0]: I was told four hundred.\n"
        "[S_1]: We cook four hundred meals a day,\n[S_1]: and on Fridays five hundred,\n[S_1]: because of the guests.\n"
        "[S_0]: What did the fire destroy?\n[S_1]: Both ovens\n[S_1]: and the cold room.\n"
    )
    asked, answered = said(text)[0][1], parse(text).exchanges[0].answers
    assert asked is not None
    assert asked.startswith("Thank you for coming.")
    assert [a.piece.words for a in answered] == [
        "We cook four hundred meals a day, and on Fridays five hundred, because of the guests."
    ]
    assert [name for name, _ in kinds(text)] == ["S_0", "S_1"] * 2


@pytest.mark.parametrize(
    "asker", ["AFP reporter", "Reporter of the Daily", "深圳卫视记者", "Agence France journaliste"]
)
def test_a_role_word_anywhere_in_a_label_asks_without_a_question_mark(asker: str) -> None:
    text = (
        f"{asker}: It is said that trams are late.\n\nAda Lund: They are not.\n\n{asker}: Really.\n\nAda Lund: Yes.\n"
    )
    assert {name: kind for name, kind in kinds(text)} == {asker: "asks", "Ada Lund": "answers"}


def test_a_press_secretary_answers() -> None:
    text = "Q: Who pays?\n\nPress Secretary Lund: We do.\n\nQ: All of it?\n\nPress Secretary Lund: Half.\n"
    assert dict(kinds(text))["Press Secretary Lund"] == "answers"


def test_an_outlet_that_asks_once_asks_where_all_others_turn_to_one() -> None:
    text = (
        "CCTV: What were the outcomes?\n\nLin Lan: Trees.\n\nAFP: Do you have a comment?\n\nLin Lan: No.\n\n"
        "Kyodo: Please tell us about the ship.\n\nLin Lan: It is safe.\n\nYonhap: Is there a date?\n\n"
        "Lin Lan: In May.\n"
    )
    assert {kind for name, kind in kinds(text) if name != "Lin Lan"} == {"asks"}


def test_an_objection_a_ruling_and_an_order_are_nobodys_answer() -> None:
    text = (
        "BY MR. HART:\nQ.  Did you sign the log?\nMS. OKORO:  Objection.  Form.\nTHE COURT:  Overruled.\n"
        "THE WITNESS:  I did.\nQ.  When?\nA.  In June.\nMS. OKORO:  Move to strike.\nQ.  Of which year?\nA.  2019.\n"
    )
    assert said(text) == [
        ("MR. HART", "Did you sign the log?", [("THE WITNESS", "I did.")]),
        ("MR. HART", "When?", [(None, "In June.")]),
        ("MR. HART", "Of which year?", [(None, "2019.")]),
    ]


def test_who_gives_the_floor_neither_asks_nor_answers() -> None:
    text = (
        "MS. SOLT.  Steve.\n\nSTEVE HART.  What next?\n\nCHAIR LUND.  Nothing.\n\nMS. SOLT.  Nick.\n\n"
        "NICK TORR.  Is that normal?\n\nCHAIR LUND.  It is.\n\nMS. SOLT.  Rachel.\n\n"
        "RACHEL MOSS.  Why?\n\nCHAIR LUND.  So.\n"
    )
    assert {name: kind for name, kind in kinds(text)}["MS. SOLT"] == "aside"
    assert dict(kinds(text))["CHAIR LUND"] == "answers"


def test_one_who_answers_may_ask_another_who_answers() -> None:
    text = (
        "Host: How many classes came?\n\nDeclan: Two hundred.\n\nRei: What does a visit cost us?\n\nDeclan: Forty.\n\n"
        "Host: And the workshop?\n\nRei: Twice a week.\n\nHost: Is that enough?\n\nRei: It is.\n"
    )
    assert said(text)[1] == ("Rei", "What does a visit cost us?", [("Declan", "Forty.")])


def test_a_reply_that_ends_in_a_question_stays_a_reply() -> None:
    text = (
        "Host: Who paid?\n\nMara: The town did. Who else?\n\nJonas: I did, too.\n\nHost: How much?\n\nMara: Nine.\n\n"
        "Host: And you?\n\nJonas: Ten.\n"
    )
    assert said(text)[0][2] == [("Mara", "The town did. Who else?"), ("Jonas", "I did, too.")]


def test_a_named_askers_second_paragraph_is_never_another_ones_answer() -> None:
    text = (
        "Jane Orrell: Will he pay?\n\nRupert Lane: We will.\n\nJane Orrell: I thank him.\n\nMy town has no bus.\n\n"
        "Tom Farrow: When will there be one?\n\nRupert Lane: In May.\n"
    )
    assert [speaker for _, _, answers in said(text) for speaker, _ in answers] == ["Rupert Lane", "Rupert Lane"]


def test_what_the_metadata_tell_decides_alone() -> None:
    text = "Reporter: It is so.\n\nAda Lund: Is it?\n\nReporter: Yes.\n\nAda Lund: Why?\n"
    told = Told(speakers=("Reporter",), askers=("Ada Lund",))
    assert dict(kinds(text, told)) == {"Reporter": "answers", "Ada Lund": "asks"}


@pytest.mark.parametrize(
    ("printed", "person"),
    [
        ("The Minister for Buses (Rupert Lane)", "Rupert Lane"),
        ("RUPERT LANE, MINISTER", "RUPERT LANE"),
        ("Rupert Lane (Westmoor) (Con)", "Rupert Lane"),
        ("12. Rupert Lane (Westmoor)", "Rupert Lane"),
    ],
)
def test_offices_parties_and_numbers_are_no_part_of_the_name(printed: str, person: str) -> None:
    again = "Rupert Lane" if "(" in printed else "LANE"
    text = (
        f"Q: Who pays?\n\n{printed}: Half of it.\n\nQ: And the rest?\n\n{again}: They do.\n\nQ: So?\n\n{again}: Yes.\n"
    )
    assert parse(text).speakers == (person,)


def test_members_of_parties_ask_without_a_mark_where_the_others_ask() -> None:
    text = (
        "Ada Lund (Lab): How many trams run?\n\nThe Minister (Bo Strand): Nine.\n\n"
        "Cy Dahl (SNP): Will he buy more?\n\nBo Strand: Not this year.\n\n"
        "Eva Fant (Con): I thank him for that. I should like to hear of the buses in my town.\n\n"
        "Bo Strand: Forty run there.\n"
    )
    assert dict(kinds(text))["Eva Fant"] == "asks"


def test_a_president_whom_journalists_ask_answers() -> None:
    text = (
        "Moderator: The first question, please.\n\nJournalist: Tell us about the trams.\n\nPresident: Nine run.\n\n"
        "Moderator: Next.\n\nJournalist: And of the buses.\n\nPresident: Forty.\n"
    )
    assert dict(kinds(text))["President"] == "answers"


def test_who_declines_a_chairs_offer_leaves_the_floor_to_the_next() -> None:
    text = (
        "Ada Lund (SPD): How many trams run?\n\nBo Strand, Minister: Nine.\n\nThe Chair: Mr Lund, another one?\n\n"
        "Ada Lund (SPD): No, thank you. I shall wait.\n\nThe Chair: Mr Dahl.\n\n"
        "Cy Dahl (FDP): Minister, I should like to hear of buses in my town.\n\nBo Strand, Minister: Forty.\n\n"
        "Cy Dahl (FDP): All of them red?\n\nBo Strand, Minister: Yes, all of them.\n"
    )
    assert kinds(text)[5] == ("Cy Dahl", "asks")
