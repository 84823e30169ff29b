"""Texts that are not UTF-8 are read in the encoding they seem to have, and a note says which."""

import codecs

import pytest

from qa_service.errors import SourceError
from qa_service.records import Transcript
from qa_service.sources.decoding import decode
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata

GERMAN = """\
Reporterin: Wie viele Straßenbahnen fahren nachts durch Lindhaven?

Ada Müller: Zwölf Bahnen fahren zwischen Mitternacht und Morgen. Am Samstag schickt das Depot zwanzig hinaus.

Sie halten am Hafen, am Krankenhaus und an der Universität.

Reporterin: Wer bezahlt die Fahrerinnen und Fahrer?

Bo Größl: Eine Hafenabgabe deckt ihre Löhne. Im März wurde sie um zwei Öre erhöht, das genügt für die nächsten Jahre.

Reporterin: Was kostet ein Fahrschein für Schüler?

Ada Müller: Höchstens eine Krone. Für Kinder unter sechs Jahren ist die Fahrt überall kostenlos.

Reporterin: Können die Bahnen auch bei Schnee fahren?

Bo Größl: Natürlich können sie das; die Weichen werden beheizt, und früh räumen wir die Gleise.

Reporterin: Gibt es Pläne für eine größere Flotte?

Ada Müller: Ja, wir möchten fünf zusätzliche Wagen kaufen. Darüber wird der Rat später beschließen.
"""
FRENCH = """\
Journaliste : Combien de tramways circulent la nuit à Lindhaven ?

Zoé Lefèvre : Douze rames circulent entre minuit et l'aube. Le samedi, le dépôt en envoie vingt.

Elles s'arrêtent au port, à l'hôpital et à l'université.

Journaliste : Qui paie les conducteurs ?

René Garçon : Une taxe portuaire couvre leurs salaires. Elle a été relevée de deux centimes en mars, même l'été.

Journaliste : Combien coûte un billet pour les élèves ?

Zoé Lefèvre : Jamais plus d'une couronne. Le trajet est gratuit pour les enfants âgés de moins de six ans.

Journaliste : Les rames roulent-elles même sous la neige ?

René Garçon : Bien sûr ; les aiguillages sont chauffés et nous dégageons les voies très tôt.

Journaliste : Prévoyez-vous une flotte plus étendue ?

Zoé Lefèvre : Oui, nous souhaitons acheter cinq voitures supplémentaires. Le conseil décidera à la rentrée.
"""
BOM = "\ufeff"

texts = pytest.mark.parametrize("text", [GERMAN, FRENCH], ids=["German", "French"])
line_ends = pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])


def parsed(data: bytes) -> Transcript:
    """A transcript without metadata."""
    return parse_transcript("trams", data, Metadata())


@texts
@pytest.mark.parametrize("mark", ["", BOM], ids=["bare", "BOM"])
def test_utf8_is_itself_and_needs_no_note(text: str, mark: str) -> None:
    assert decode((mark + text).encode()) == (mark + text, None)
    assert parsed((mark + text).encode()).document.notes == ()


@texts
@line_ends
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_read_with_their_words_right(text: str, line_end: str, encoding: str) -> None:
    printed = text.replace("\n", line_end)
    found, named = decode(printed.encode(encoding))
    assert found == printed
    assert named


@texts
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_note_names_the_encoding(text: str, encoding: str) -> None:
    document = parsed(text.encode(encoding)).document
    assert document.notes == (f"not UTF-8; read as {decode(text.encode(encoding))[1]}",)


@texts
@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_the_mark_of_utf16_is_no_part_of_the_text(text: str, mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(mark + text.encode(encoding)) == (text, "utf_16")


@texts
@line_ends
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_offsets_hold_in_the_decoded_text(text: str, line_end: str, encoding: str) -> None:
    transcript = parsed(text.replace("\n", line_end).encode(encoding))
    source = transcript.document.text
    questions = [e.question for e in transcript.exchanges if e.question]
    pieces = questions + [answer.piece for e in transcript.exchanges for answer in e.answers]
    assert (len(questions), len(pieces)) == (5, 11)
    for piece in pieces:
        assert source[piece.start : piece.end] == piece.text
        assert piece.text in text


@texts
def test_names_are_the_same_in_every_encoding(text: str) -> None:
    speakers = parsed(text.encode()).document.speakers
    assert len(speakers) == 2
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        assert parsed(text.encode(encoding)).document.speakers == speakers


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_nul_is_refused_with_its_line_in_every_encoding(encoding: str) -> None:
    with pytest.raises(SourceError, match="NUL") as refused:
        parsed(GERMAN.replace("Universität", "\0niversität").encode(encoding))
    assert refused.value.line == 5


def test_utf16_without_a_mark_that_could_be_utf8_is_refused() -> None:
    with pytest.raises(SourceError, match="NUL"):
        parsed("Reporter: How many trams?\n\nAda Lund: Nine trams run.\n".encode("utf-16-le"))


def test_bytes_that_are_no_text_in_any_encoding_are_refused() -> None:
    with pytest.raises(SourceError, match=r"encoding can't be told|NUL|label"):
        parsed(bytes(range(256)) * 20)


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        ("It costs £1 by day. At night it is €1 – for everybody.", "cp1252", "en"),
        ("¿Mañana? Sí, señor: ½ hora – «nada más».", "cp1252", "es"),
        ("Łódź płaci za światła i drogę. To są nasze tramwaje, prawda?", "cp1250", "pl"),
        ("Şehir, gece tramvayını ödüyor. Işıklar için teşekkürler.", "cp1254", "tr"),
    ],
)
def test_latin_letters_are_those_of_the_languages_code_page(text: str, encoding: str, language: str) -> None:
    assert decode(f"{text}\n".encode(encoding), language) == (f"{text}\n", encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Корреспондент: Сколько трамваев ходит ночью?\n\nМинистр: Двенадцать. Они красные.\n" * 20, "cp1251"),
        ("【記者】電車は何台ですか。\n\n【知事】九台です。来年度から増やします。\n" * 20, "cp932"),
        ("记者：有多少电车？\n\n林岚：有九辆电车，都是红色的。我们明年还要买新的。\n" * 20, "gb18030"),
    ],
)
def test_other_letters_are_left_to_the_detector(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text
