"""Answer paragraphs to statements, and what happens to one too long for the model."""

from qa_service.sources.statements import SEAM_TOKENS, Cut, cut_statements, fit_window
from tests import fakes

TOKENS = fakes.FakeEncoder().token_spans  # one per word
LONG = "One two three four. Five six seven. Eight nine ten. Eleven."


def test_a_statement_is_an_answer_paragraph_with_its_question() -> None:
    statements, cuts = cut_statements(fakes.transcript("trams", fakes.TRAMS), TOKENS, 254)
    assert cuts == []
    assert [(s.id, s.section, s.speaker, s.asker, s.asked) for s in statements] == [
        ("trams#2", 1, "Ada Lund", "Reporter", "How many night trams run in Lindhaven?"),
        ("trams#3", 1, "Ada Lund", "Reporter", "How many night trams run in Lindhaven?"),
        ("trams#5", 2, "Bo Strand", "Reporter", "Who pays for the drivers?"),
        ("trams#6", 2, "Ada Lund", "Reporter", "Who pays for the drivers?"),
    ]
    assert all(fakes.TRAMS[s.start : s.end] == s.text for s in statements)


def test_nothing_was_asked_before_somebody_speaks_unasked() -> None:
    transcript = fakes.transcript("trams", "Ada Lund: Good morning.\n\nReporter: How many?\n\nAda Lund: Nine.")
    statement = cut_statements(transcript, TOKENS, 254)[0][0]
    assert (statement.asker, statement.asked) == (None, None)


def test_a_paragraph_beyond_the_window_is_cut_at_sentence_ends_and_reported() -> None:
    text = f"Reporter: How many?\n\nAda Lund: {LONG}\n\nReporter: Really?\n\nAda Lund: Yes.\n"
    statements, cuts = cut_statements(fakes.transcript("trams", text), TOKENS, 7 + SEAM_TOKENS)
    assert [(s.id, s.text) for s in statements] == [
        ("trams#1", "One two three four. Five six seven."),
        ("trams#1.2", "Eight nine ten. Eleven."),
        ("trams#3", "Yes."),
    ]
    assert cuts == [Cut("trams#1", tokens=11, parts=2)]
    assert all(text[s.start : s.end] == s.text for s in statements)
    assert {s.asked for s in statements[:2]} == {"How many?"}


def test_a_paragraph_that_just_fits_is_not_cut() -> None:
    assert list(fit_window(LONG, TOKENS, 11)) == [(0, len(LONG))]


def test_a_sentence_beyond_the_window_is_cut_between_words() -> None:
    text = "one two three four five six seven"
    assert [text[a:b] for a, b in fit_window(text, TOKENS, 3 + SEAM_TOKENS)] == [
        "one two three",
        "four five six",
        "seven",
    ]


def test_text_without_spaces_is_cut_between_tokens() -> None:
    text = "有九辆电车都是红色的"
    parts = [text[a:b] for a, b in fit_window(text, lambda part: [(i, i + 1) for i in range(len(part))], 6)]
    assert parts == ["有九辆电", "车都是红", "色的"]


def test_a_long_text_without_sentences_is_read_once() -> None:
    """Not the whole rest anew for every piece."""
    read = 0

    def tokens(part: str) -> list[tuple[int, int]]:
        nonlocal read
        read += len(part)
        return TOKENS(part)

    text = "tram " * 20_000
    parts = [text[a:b] for a, b in fit_window(text, tokens, 50)]
    assert " ".join(parts).split() == text.split()
    assert read < 20 * len(text)


def test_ids_survive_a_change_elsewhere_in_the_text() -> None:
    """Words may be added before; the number of paragraphs before decides."""
    changed = fakes.TRAMS.replace("Twelve trams run", "Twelve or thirteen trams run")
    before = {s.id: s.text for s in cut_statements(fakes.transcript("trams", fakes.TRAMS), TOKENS, 254)[0]}
    after = {s.id: s.text for s in cut_statements(fakes.transcript("trams", changed), TOKENS, 254)[0]}
    assert before.keys() == after.keys()
    assert {id_ for id_ in before if before[id_] != after[id_]} == {"trams#2"}
