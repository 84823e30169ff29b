"""Misspelt words are mended, what could be meant as typed is not."""

from pathlib import Path

import numpy as np
import pytest

from qa_service.errors import IndexDamagedError
from qa_service.indexing import spelling
from qa_service.indexing.spelling import MOST_MENDED, Spelling, edits

TEXTS = [
    "Mr Brandvold: The altarpiece was cleaned with fuel from the harbour, and the levy on trams, which we like, fell.",
    "What is guaranteed to the small firms? The levy of the Ellerdon Fund.",
]


@pytest.fixture(scope="module")
def words() -> Spelling:
    """Of two English texts, with a model that knows one word besides."""
    return Spelling.build(TEXTS, ["en"], ["fintech"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("how will smal firms get equipmnt", "how will small firms get equipment"),  # a letter left out
        ("the goverment told it, untill when", "the government told it, until when"),  # left out, added
        ("who runs the musuem and the libary", "who runs the museum and the library"),  # changed over, left out
        ("who cleaned the alterpiece", "who cleaned the altarpiece"),  # changed
        ("is feul dear", "is fuel dear"),  # the sources speak of fuel
        ("what changd", "what changed"),  # rather a letter left out than another one typed
        ("what did brandvolt say", "what did brandvold say"),  # a name the sources hold
        ("a misstake before the dealine", "a mistake before the deadline"),  # though "stake" is a word
        ("goverment/industry loans...goverment", "government/industry loans...government"),
        ("wich goverment offcial helps farmers", "which government official helps farmers"),  # most, not all
        ("Wich firms?", "Which firms?"),
        ("WICH firms?", "WICH firms?"),  # capitals are for names
    ],
)
def test_one_edit_is_mended(words: Spelling, typed: str, read: str) -> None:
    assert words.corrected(typed) == read


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ?! ",
        "How will small firms get equipment?",
        "what do the trams cost",
        "what of the levy on pilchards and cropping",  # not all in the sources, but in the dictionary
        "is there fintech",  # neither, but the model knows it
        "what of fracking and vaping",  # in none of them; tracking and taping begin otherwise
        "What did Mr Kowalsky say to Ellerton?",  # names, unknown or not
        "wat is it",  # too short to tell
        "any lidar, wifi, vpns, opec or ipos in there",  # liar, wife, vans, open, ipod: too short to tell
        "are scammers, influencers, podcasts and their bookings",  # forms of known words, not stammers and influences
        "was it nationalised, can you summarise and analyse it",
        "is it defunding and reshoring",  # known words with a prefix, not defending and restoring
        "mail jonh@gmial.com or see exmaple.com/polcy, iso27001complant",
        "of goverment-report.pdf at https://host.org/new-goverment-loans",
        "what of #loans Ellertn said",  # the second word
        "what's the minster's view, don't they?",
        "was hat die Bürgermeisterin gestern dazu gesagt",  # another language
        "what of the pla\u0308tzen",  # an accent apart from its letter
        "为什么 経済",
        "x" * 2000,
        "6.5 percent in 2023, COVID19",
    ],
)
def test_what_may_be_meant_stays_as_typed(words: Spelling, question: str) -> None:
    assert words.corrected(question) == question


def test_the_sources_words_come_before_more_frequent_ones(words: Spelling) -> None:
    assert words.corrected("the tramms") == "the trams"
    assert words.corrected("the lvey on tram") == "the levy on tram"


def test_without_a_dictionary_nothing_is_mended(tmp_path: Path) -> None:
    nothing = Spelling.build(["Foirm nach eil ann"], ["gd"], ["word"])
    nothing.save(tmp_path / "spelling")
    assert Spelling.load(tmp_path / "spelling").corrected("Foirn nach") == "Foirn nach"


def test_each_language_of_the_sources_has_its_dictionary() -> None:
    both = Spelling.build(["Die Förderung"], ["de", "en"], [])
    assert both.corrected("wie hoch ist die förderumg") == "wie hoch ist die förderung"
    assert both.corrected("how much moneey") == "how much money"


def test_saved_and_mapped_it_mends_the_same(words: Spelling, tmp_path: Path) -> None:
    words.save(tmp_path / "spelling")
    mapped = Spelling.load(tmp_path / "spelling")
    assert mapped.corrected("who cleaned the alterpiece") == "who cleaned the altarpiece"
    np.testing.assert_array_equal(mapped.words, words.words)


def test_words_stand_in_order_and_a_long_one_is_not_taken_for_its_beginning(words: Spelling) -> None:
    assert (words.words[:-1] <= words.words[1:]).all()
    long = "internationalisierungsbestrebung"
    cut = Spelling.build([long], ["en"], [])
    assert cut.corrected(long[: spelling.LONGEST + 1]) == long[: spelling.LONGEST + 1]


@pytest.mark.parametrize("harm", ["missing", "shorter", "no letters"])
def test_damage_is_told(words: Spelling, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "spelling"
    words.save(folder)
    if harm == "missing":
        (folder / "words.npy").unlink()
    elif harm == "shorter":
        np.save(folder / "known.npy", words.known[:-1])
    else:
        (folder / "letters.txt").unlink()
    with pytest.raises(IndexDamagedError, match="rebuild with: qa-service build"):
        Spelling.load(folder)


def test_edits_leave_the_first_letter_or_change_it_over() -> None:
    near = edits("ab", "ab")
    assert near == {"a", "aa", "aab", "aba", "abb", "ba"}


def test_so_many_words_are_mended_and_the_rest_stay_as_typed(words: Spelling) -> None:
    slips = MOST_MENDED + 5
    read = words.corrected("the levy on small firms " * slips + "changd " * slips).split()
    assert (read.count("changed"), read.count("changd")) == (MOST_MENDED, 5)
