"""Which language a question and a text are in."""

import json
from pathlib import Path

import pytest

from qa_service.language.detect import language_of_question, language_of_text
from tests.conftest import ROOT

HERE = Path(__file__).parent
OTHERS = {
    name: [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    for name in ("questions.tsv", "questions_apart.tsv")
}
LAYOUTS = ROOT / "tests" / "sources" / "layouts"
ENGLISH = """Lund|inflation|why|GDP 2023|loan guarantee small firms|waht is teh budgte|Rio de la Plata
El Niño|Los Angeles mayor|who is 林岚?|Does α-synuclein bind?|What is the Bundesbank?|die casting|Zürich São Paulo|6G|?
Who wrote Der Ring des Nibelungen?|Le Monde|de facto exchange rate|la la land|was it hot|Jin Zhuanglong|hi|WHO|🚀
the role of Radio Televisión del Norte in the strike|Norddeutsche Landesbank rescue"""


@pytest.mark.parametrize("question", [text for line in ENGLISH.splitlines() for text in line.split("|")])
def test_names_keywords_and_typos_count_as_english(question: str) -> None:
    assert language_of_question(question).code == "en"


def test_no_question_of_our_sets_is_taken_for_another_language() -> None:
    data = ROOT / "eval" / "data"
    files = sorted([*data.rglob("questions.jsonl"), *data.rglob("named.jsonl")])
    asked = [json.loads(line)["question"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(asked) > 10_000
    assert [question for question in asked if language_of_question(question).code != "en"] == []


@pytest.mark.parametrize(
    ("name", "count", "recognised", "named"),
    [("questions.tsv", 150, 141, 140), ("questions_apart.tsv", 50, 37, 35)],  # the words were mended on the first alone
)
def test_most_questions_in_fifteen_languages_are_recognised(name: str, count: int, recognised: int, named: int) -> None:
    found = [(code, language_of_question(question).code) for code, question in OTHERS[name]]
    assert len(found) == count
    assert sum(told != "en" for _, told in found) >= recognised
    assert sum(told == code for code, told in found) >= named


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Warum steigt die Inflation?", "de"),
        ("WARUM STEIGT DIE INFLATION?", "de"),
        ("Pourquoi ?", "fr"),
        ("por que sube la inflacion", "es"),
        ("¿Inflación?", "es"),
        ("GDP是多少？", "zh"),
        ("Чому зростає інфляція?", "uk"),
        ("چرا تورم بالا می‌رود؟", "fa"),
        ("Γιατί αυξάνεται ο πληθωρισμός;", "el"),
        ("למה האינפלציה עולה?", "he"),
        ("ทำไมเงินเฟ้อจึงสูงขึ้น", "th"),
        ("ᚠᚢᚦᚨᚱᚲ", "und"),  # runes, which no table here knows
        ("Was heißt OK in the EU, und warum ist das so?", "de"),  # a few English words make no English of it
    ],
)
def test_what_clearly_is_another_language(question: str, code: str) -> None:
    assert language_of_question(question).code == code


def test_accents_of_two_letters_tell_the_same() -> None:
    assert language_of_question("Perche\u0301?").code == "it"


@pytest.mark.parametrize("file", sorted(LAYOUTS.glob("*.txt")), ids=lambda file: file.stem)
def test_the_language_of_a_transcript(file: Path) -> None:
    metadata = file.with_suffix(".json")
    said = json.loads(metadata.read_text(encoding="utf-8")) if metadata.exists() else {}
    assert language_of_text(file.read_text(encoding="utf-8-sig")).code == said.get("language", "en")


def test_a_text_too_short_to_tell_counts_as_english_and_a_long_one_of_unknown_words_as_nothing_known() -> None:
    swahili = "Waziri alisema kwamba serikali itajenga madaraja mapya mwaka ujao. "
    assert language_of_text(swahili).code == "en"
    assert language_of_text(swahili * 20).code == "und"
    assert language_of_text("").code == "en"
    assert language_of_text("Yeah. Yeah, so, um,").code == "en"


def test_names_make_no_text_spanish() -> None:
    teams = "Teams include the Los Angeles Rams, San Diego Chargers, Los Angeles Lakers, Los Angeles Clippers, "
    assert (
        language_of_text(
            teams + "all of the NBA, Los Angeles Kings, La Galaxy, El Segundo Bees, Los Angeles Angels."
        ).code
        == "en"
    )
    assert language_of_text("LOS ÁNGELES DE LA CIUDAD Y EL PUERTO QUE NO ES DE LOS BARCOS").code == "es"


def test_of_a_long_text_the_end_counts_as_much_as_the_beginning() -> None:
    english, german = "The mayor said that they will build it. ", "Der Bürgermeister sagte, dass sie es bauen werden. "
    assert language_of_text(english * 200 + german * 2000).code == "de"
    assert language_of_text(german * 100 + english * 2000).code == "en"
