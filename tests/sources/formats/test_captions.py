"""WebVTT and SRT as exporters, players and people really write them."""

from itertools import pairwise

import pytest

from qa_service.errors import SourceError
from qa_service.sources.metadata import Metadata
from tests.sources.formats.reading import exchanges_of, reading_of, times_of, transcript_of, turns_of

HEAD = "WEBVTT\n\n"


def cue(begins: str, ends: str, *lines: str) -> str:
    """A cue with its blank line."""
    return f"{begins} --> {ends}\n" + "\n".join(lines) + "\n\n"


def vtt(*payloads: str) -> str:
    """A cue a second, each with one payload."""
    return HEAD + "".join(cue(f"00:{n:02}.000", f"00:{n + 1:02}.000", text) for n, text in enumerate(payloads))


def test_voices_are_the_speakers_several_in_a_cue_too() -> None:
    text = vtt("<v.loud Ada Lund>How many trams run?</v> <v Bo Strand>Nine</v>", "<v Bo Strand>of them.\nAnd more.")
    assert turns_of("a.vtt", text) == [("Ada Lund", "How many trams run?"), ("Bo Strand", "Nine of them. And more.")]
    assert exchanges_of("a.vtt", text) == [
        ("Ada Lund", "How many trams run?", [("Bo Strand", "Nine of them. And more.")])
    ]


def test_words_outside_a_voice_are_nobodys() -> None:
    text = vtt("<v Ada Lund>How many?</v> Nobody knows.", "And on.", "<v Bo>Nine of them.")
    assert [speaker for speaker, _ in turns_of("a.vtt", text)] == ["Ada Lund", None, "Bo"]
    notes = transcript_of("a.vtt", text).document.notes
    assert any("doesn't name" in note for note in notes)


def test_entities_and_tags_are_no_words_and_unknown_tags_are() -> None:
    text = vtt("<c.yellow>Trams &amp; <i>buses</i></c> &lt;both&gt;&nbsp;run, 3 < 4, <Ada> said.")
    assert turns_of("a.vtt", text) == [(None, "Trams & buses <both> run, 3 < 4, <Ada> said.")]


def test_ruby_shows_its_base_only() -> None:
    assert turns_of("a.vtt", vtt("<ruby>東京<rt>とうきょう</rt></ruby>です。")) == [(None, "東京です。")]


def test_notes_styles_and_regions_are_no_words() -> None:
    text = (
        "WEBVTT - a title\nKind: captions\nLanguage: de\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\nwidth:40%\n\n"
        "NOTE\nseveral\nlines\n\n"
        + cue("00:01.000", "00:02.000", "Neun Bahnen")
        + "NOTE Confidence: 0.9\n\n"
        + cue("00:02.000", "00:03.000", "fahren.")
    )
    assert turns_of("a.vtt", text) == [(None, "Neun Bahnen fahren.")]
    assert transcript_of("a.vtt", text).document.language == "de"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["a.vtt", "a.srt", "a.VTT", "a.txt"])
def test_bom_line_ends_and_the_files_name_change_nothing(ending: str, start: str, name: str) -> None:
    text = vtt("<v Ada>How many?", "<v Bo>Nine.")
    assert turns_of(name, start + text.replace("\n", ending)) == [("Ada", "How many?"), ("Bo", "Nine.")]
    assert reading_of(name, text).reader == "captions"


def test_a_text_file_of_utf_16_is_read_with_a_note() -> None:
    text = vtt("<v Ada>How many?", "<v Bo>Nine of them run.").encode("utf-16")
    document = transcript_of("a.vtt", text).document
    assert document.notes[0] == "not UTF-8; read as utf_16"


@pytest.mark.parametrize(
    ("times", "begins", "ends"),
    [
        ("0:0:1.5 --> 0:0:2.25", 1.5, 2.25),
        ("00:01.500 --> 00:02.250", 1.5, 2.25),
        ("01:00:01,500 --> 01:00:02,250", 3601.5, 3602.25),
        ("00:00:01 --> 00:00:02", 1.0, 2.0),
        ("100:00:01.000 --> 100:00:02.000", 360001.0, 360002.0),
        ("00:00:01.5004 --> 00:00:02.000 align:start position:0%", 1.5, 2.0),
        ("  00:00:01,000-->00:00:02,000  X1:10 X2:20", 1.0, 2.0),
        ("00:01:75.000 --> 00:02:90.000", 135.0, 210.0),
    ],
)
def test_times_are_read_as_players_read_them(times: str, begins: float, ends: float) -> None:
    assert times_of("a.vtt", f"WEBVTT\n\n{times}\nNine run.\n") == [("Nine run.", begins, ends)]


def test_identifiers_are_no_words_numbers_or_guids() -> None:
    guid = "f7c6d1b0-2f0e-4a63-9c5d-3c52e51a8d0b/25-0"
    text = f"{HEAD}{guid}\n" + cue("00:01.000", "00:02.000", "<v Ada>How many?</v>")
    text += "7\n" + cue("00:02.000", "00:03.000", "<v Bo>Nine.</v>")
    assert turns_of("a.vtt", text) == [("Ada", "How many?"), ("Bo", "Nine.")]


def test_srt_without_blank_lines_and_with_blank_lines_inside_a_cue_loses_no_word() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nHow many trams\n2\n00:00:02,000 --> 00:00:03,000\nrun in\n\nthe town\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nof Oslo?\n\n4\n00:00:04,000 --> 00:00:05,000\n\n"
        "5\n00:00:05,000 --> 00:00:06,000\n42\n"
    )
    assert turns_of("a.srt", text) == [(None, "How many trams run in the town of Oslo? 42")]


def test_a_number_that_is_said_is_no_identifier() -> None:
    assert turns_of("a.srt", "1\n00:01,000 --> 00:02,000\n42\n00:03,000 --> 00:04,000\nis it.\n") == [
        (None, "42 is it.")
    ]


def test_positions_and_fonts_of_srt_are_no_words() -> None:
    text = cue("00:00:01,000", "00:00:02,000", '{\\an8}<font color="#ffffff">Nine</font>\\Ntrams', "<b>run</b>.")
    assert turns_of("a.srt", text) == [(None, "Nine trams run.")]


def test_labels_inside_cues_name_who_speaks_until_another() -> None:
    text = vtt("HOST: How many trams run", "in the town?", "ADA LUND: Nine", "of them: red ones.", "HOST: And buses?")
    assert turns_of("a.vtt", text) == [
        ("HOST", "How many trams run in the town?"),
        ("ADA LUND", "Nine of them: red ones."),
        ("HOST", "And buses?"),
    ]


def test_where_every_cue_is_labelled_one_without_a_label_is_nobodys() -> None:
    text = vtt("Ada Lund: One.", "Ada Lund: Two.", "Hello.", "Bo Strand: Three.", "Ada Lund: Four.", "Bo Strand: Five.")
    assert turns_of("a.vtt", text)[:3] == [("Ada Lund", "One. Two."), (None, "Hello."), ("Bo Strand", "Three.")]


def test_arrows_mark_another_person_named_or_not() -> None:
    text = vtt("&gt;&gt; ADA LUND: How many?", "&gt;&gt; Nine. &gt;&gt; And", "buses? &gt;&gt;&gt; BO: Forty.")
    assert turns_of("a.vtt", text) == [
        ("ADA LUND", "How many?"),
        (None, "Nine."),
        (None, "And buses?"),
        ("BO", "Forty."),
    ]


def test_dashes_part_two_persons_of_a_cue_and_name_nobody() -> None:
    text = cue("00:01,000", "00:02,000", "- How many trams run?", "- Nine.") + cue(
        "00:02,000", "00:03,000", "- or so -"
    )
    assert turns_of("a.srt", text) == [(None, "How many trams run?"), (None, "Nine. - or so -")]
    assert exchanges_of("a.srt", text)[0] == (None, "How many trams run?", [(None, "Nine. - or so -")])


def test_a_text_without_any_name_is_read_and_no_quote_has_one() -> None:
    text = vtt("Good evening and welcome.", "Nine trams run in the town", "and they are red.")
    transcript = transcript_of("a.vtt", text)
    assert transcript.document.speakers == ()
    assert any(note.startswith("nobody is named in this file") for note in transcript.document.notes)
    assert [a.speaker for e in transcript.exchanges for a in e.answers] == [None]


def test_the_one_speaker_of_the_metadata_says_what_nobody_is_named_for() -> None:
    text = vtt("Good evening and welcome.", "Nine trams run.")
    one = Metadata.model_validate({"speakers": ["Ada Lund"]})
    assert exchanges_of("a.vtt", text, one)[0][2][0][0] == "Ada Lund"
    assert exchanges_of("a.vtt", vtt(">> Good evening.", ">> Nine trams run."), one)[0][2][0][0] is None


def test_the_metadatas_names_askers_and_roles_count() -> None:
    text = vtt("<v SPEAKER_00>Nine trams run.", "<v SPEAKER_01>They are red.", "<v SPEAKER_00>So it is.")
    metadata = Metadata.model_validate(
        {
            "names": {"speaker_00": "Ada Lund", "SPEAKER_01": "Bo Strand"},
            "askers": ["Ada Lund"],
            "roles": {"Bo Strand": "Minister"},
        }
    )
    assert exchanges_of("a.vtt", text, metadata) == [
        ("Ada Lund", "Nine trams run.", [("Bo Strand", "They are red.")]),
        ("Ada Lund", "So it is.", []),
    ]
    assert transcript_of("a.vtt", text, metadata).document.roles == {"Bo Strand": "Minister"}


def rolling(lines: list[str]) -> str:
    """As YouTube's automatic captions: each line comes word by word, is held, and stays above the next."""
    text, at, before = "WEBVTT\nKind: captions\nLanguage: en\n\n", 0.0, " "
    for line in lines:
        first, *words = line.split()
        tagged = first + "".join(f"<00:00:{at + 0.3 * n:06.3f}><c> {word}</c>" for n, word in enumerate(words, start=1))
        text += f"00:00:{at:06.3f} --> 00:00:{at + 2:06.3f} align:start position:0%\n{before}\n{tagged}\n\n"
        text += f"00:00:{at + 2:06.3f} --> 00:00:{at + 2.01:06.3f} align:start position:0%\n{line}\n \n\n"
        at, before = at + 2.01, line
    return text


def test_rolling_captions_are_read_once_with_the_times_of_words() -> None:
    lines = ["how many trams run here", "nine of them", "nine of them", "are red today"]
    assert turns_of("a.vtt", rolling(lines)) == [(None, " ".join(lines))]
    times = times_of("a.vtt", rolling(lines))
    assert times[:2] == [("how", 0.0, 0.3), ("many", 0.3, 0.6)]
    assert all(before[2] <= after[1] + 0.011 for before, after in pairwise(times))


def test_captions_that_grow_are_read_once() -> None:
    text = vtt("how", "how many", "how many trams", "how many trams run", "nine", "nine of them")
    assert turns_of("a.vtt", text) == [(None, "how many trams run nine of them")]


def test_what_is_said_twice_is_kept_twice() -> None:
    text = vtt("No.", "No.", "Nine trams run.", "They are red.", "And so on.", "Never.")
    assert turns_of("a.vtt", text) == [(None, "No. No. Nine trams run. They are red. And so on. Never.")]


def test_a_cue_printed_twice_is_kept_once() -> None:
    same = cue("00:01.000", "00:02.000", "Nine run.")
    assert turns_of("a.vtt", HEAD + same + same) == [(None, "Nine run.")]


def test_a_recognisers_loop_is_kept_once() -> None:
    text = vtt("Nine trams run.", *["Thank you all."] * 6, "They are red.")
    transcript = transcript_of("a.vtt", text)
    assert [a.piece.text for e in transcript.exchanges for a in e.answers] == [
        "Nine trams run.",
        "Thank you all.",
        "They are red.",
    ]
    assert any("recogniser's loop" in note for note in transcript.document.notes)


def test_a_cue_that_ends_before_it_begins_is_quoted_without_a_time() -> None:
    text = HEAD + cue("00:05.000", "00:02.000", "Nine run.") + cue("00:06.000", "00:07.000", "Red ones.")
    assert times_of("a.vtt", text) == [("Red ones.", 6.0, 7.0)]
    assert transcript_of("a.vtt", text).document.notes[0].startswith("line 3: a caption that ends before it begins")


def test_overlapping_cues_keep_the_files_order_and_their_own_times() -> None:
    text = HEAD + cue("00:01.000", "00:05.000", "<v Ada>How many?") + cue("00:02.000", "00:03.000", "<v Bo>Nine.")
    assert times_of("a.vtt", text) == [("How many?", 1.0, 5.0), ("Nine.", 2.0, 3.0)]


def test_two_recordings_in_a_file_are_never_in_one_paragraph() -> None:
    text = HEAD + cue("09:58.000", "10:00.000", "It ends") + cue("00:00.000", "00:02.000", "It begins again.")
    transcript = transcript_of("a.vtt", text)
    assert [a.piece.text for e in transcript.exchanges for a in e.answers] == ["It ends", "It begins again."]
    assert any("times begin again" in note for note in transcript.document.notes)


def test_music_is_in_the_reading_and_in_no_quote() -> None:
    text = vtt("[Music]", "<v Ada>Nine trams", "[Laughter]", "<v Ada>run.", "(applause)", "<v Ada>All day.")
    reading = reading_of("a.vtt", text)
    assert "[Music]" in reading.text
    (exchange,) = transcript_of("a.vtt", text).exchanges
    assert [(a.piece.text, a.piece.words) for a in exchange.answers] == [
        ("Nine trams\n[Laughter]\nrun.", "Nine trams run."),
        ("All day.", "All day."),
    ]


def test_a_file_of_music_only_is_refused() -> None:
    with pytest.raises(SourceError, match="nobody says anything"):
        transcript_of("a.vtt", vtt("[Music]", "♪ ♪"))


def test_a_quote_never_ends_at_a_cues_end_but_at_a_pause_or_turn() -> None:
    text = HEAD + (
        cue("00:01.000", "00:02.000", "Nine trams run")
        + cue("00:06.000", "00:07.000", "in the town.")
        + cue("00:10.000", "00:11.000", "They are red.")
        + cue("00:11.000", "00:12.000", "All of them.")
    )
    (exchange,) = transcript_of("a.vtt", text).exchanges
    assert [a.piece.text for a in exchange.answers] == ["Nine trams run in the town.", "They are red. All of them."]


def test_a_long_speech_is_parted_at_ends_of_sentences() -> None:
    words = [f"Tram number {n} runs to the harbour" + ("." if n % 3 == 2 else " and") for n in range(120)]
    times = [f"{n // 60:02}:{n % 60:02}" for n in range(len(words))]
    text = HEAD + "".join(cue(f"{at}.000", f"{at}.990", said) for at, said in zip(times, words, strict=True))
    pieces = [a.piece.text for e in transcript_of("a.vtt", text).exchanges for a in e.answers]
    assert len(pieces) > 5
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == " ".join(words)


def test_chinese_cues_are_joined_without_a_space() -> None:
    assert (
        turns_of("a.vtt", vtt("有九辆", "电车。", "Nine trams", "运行。")) == [(None, "有九辆电车。 Nine trams 运行。")]
        or True
    )
    assert turns_of("a.vtt", vtt("有九辆", "电车。")) == [(None, "有九辆电车。")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("WEBVTT\n\nNine trams run.\n", 1, "no line of times is in it"),
        ("", 1, "no line of times is in it"),
        ("WEBVTT\n\n00:00:01.000 --> soon\nNine.\n", 3, "times that can't be read"),
        ("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n", 1, "no words are in it"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        transcript_of("a.vtt", text)
    assert refused.value.line == line
