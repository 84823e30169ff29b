"""What holds for texts in any layout, with any noise between turns and any defect in them."""

import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.records import Piece
from qa_service.sources.parser import parse

LAYOUTS = [  # (label of who asks, label of who answers)
    ("Reporter: ", "Ada Lund: "),
    ("Q    ", "MS. LUND:  "),
    ("Q.  ", "A.  "),
    ("[SPEAKER_00]: ", "[SPEAKER_01]: "),
    ("(speaker 0) ", "(speaker 1) "),
    ("STEVE HART.  ", "CHAIR LUND.  "),
    ("Bo Strand (PPE). – ", "Ada Lund (S&D). – "),
    ("**Bo Strand:** ", "**Ada Lund:** "),
    ("Bo Strand  0:02\n", "Ada Lund  0:04\n"),
    ("[00:02] Bo Strand: ", "[00:04] Ada Lund: "),
    ("### Bo Strand\n", "### Ada Lund\n"),
    ("【記者】", "【知事】"),
    ("法新社记者：", "林岚："),
    ("○田中委員　", "○国務大臣（鈴木君）　"),
    ("— ", "— "),
    ("", ""),
]
NOISE = st.sampled_from(
    "(Laughter.)|[Pause]|\\[09:39\\]|00:02:00|* * *|## Tides|Page 3 of 9|42|(Beifall bei der SPD)"
    "|4 Feb 2025 : Column 344|# # #|Transcribed by https://otter.ai|**Break:** [09:39]| 7  |【|[|(open".split("|")
)
WORDS = st.sampled_from(
    ["How many trams run?", "Nine.", "Two things: trams, and buses.", "Why?", "I said: no. Furthermore"]
)
SPEECH = st.one_of(WORDS, st.text(max_size=30), st.just(""))
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\n\n\n", "\n    "])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Turns of one layout, now and then of another, with noise and defects between them."""
    own = draw(st.sampled_from(LAYOUTS))
    text = draw(st.sampled_from(["", "A title\n\n", "---\ntitle: Trams\n---\n", "\ufeff", "Good morning to all.\n\n"]))
    for i in range(draw(st.integers(0, 14))):
        layout = draw(st.sampled_from(LAYOUTS)) if draw(st.integers(0, 9)) == 0 else own
        text += layout[i % 2] + draw(SPEECH) + draw(BREAKS)
        if draw(st.integers(0, 2)) == 0:
            text += draw(NOISE) + draw(BREAKS)
    return text


@settings(max_examples=400, deadline=None)
@given(texts())
def test_a_text_is_read_verbatim_and_in_order_or_refused_with_its_line(text: str) -> None:
    try:
        parsed = parse(text)
    except SourceError as refused:
        assert refused.line is not None
        assert 1 <= refused.line <= text.count("\n") + 1
        return
    pieces: list[Piece] = []
    for exchange in parsed.exchanges:
        pieces += [exchange.question] if exchange.question else []
        pieces += [answer.piece for answer in exchange.answers]
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    for piece in pieces:
        assert piece.words.strip()
        assert len(piece.spoken) == len(piece.text)
        assert all(0 <= start < end <= len(piece.text) for start, end in piece.noise)
    assert all(1 <= line <= text.count("\n") + 1 for note in parsed.notes for line in note.lines)
    assert all(1 <= turn.line <= text.count("\n") + 1 for turn in parsed.turns)


HOSTILE: dict[str, Callable[[int], str]] = {
    "one name on every line": lambda n: "Q: a?\n\nA: b.\n" + "Ada Lund: x\n" * (n // 12),
    "short turns": lambda n: "Q: How many?\n\nA: Nine.\n\n" * (n // 24),
    "no blank lines": lambda n: "Reporter: Why?\n\nAda Lund: So.\n" + "a line that goes on\n" * (n // 20),
    "another name on every line": lambda n: "".join(f"Name{i} Lund: x.\n" for i in range(n // 18)),
    "open brackets": lambda n: "Reporter: Why?\n\nAda Lund: So.\n" + "(open bracket\n" * (n // 14),
    "pages": lambda n: "".join(f"Ada Lund: words that\n\nPage {i} of 9\n\ngo on\n" for i in range(n // 45)),
    "captions": lambda n: "[S_2]: what?\n" + "[S_1]: half a sentence\n" * (n // 23),
    "dashes": lambda n: "— a?\n\n— b.\n\n" * (n // 14),
    "numbered lines": lambda n: "Q: a?\n\nA: b\n" + "".join(f"{i % 25 + 1} x\n" for i in range(n // 5)),
    "spaces": lambda n: "Reporter: Why?\n\nAda Lund: " + " " * n + "x",
    "one long question": lambda n: "Q: " + "a? " * (n // 3) + "\nA: b",
    "a loop": lambda n: "Q: a?\n\nA: b.\n\n" + "Thank you.\n\n" * (n // 12),
}
SMALL = 30_000
TIMES = 4
SQUARE = 0.75 * TIMES**2  # of the time, where reading takes the square of the length


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_four_times_as_long_takes_no_sixteen_times_as_long(name: str) -> None:
    def seconds(length: int) -> float:
        text, least = HOSTILE[name](length), float("inf")
        for _ in range(3):
            started = time.process_time()
            with suppress(SourceError):
                parse(text)
            least = min(least, time.process_time() - started)
        return least

    assert seconds(TIMES * SMALL) < SQUARE * max(seconds(SMALL), 0.002)
