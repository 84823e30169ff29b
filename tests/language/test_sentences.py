"""Where sentences end."""

import pytest

from qa_service.language.sentences import sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["Nine trams run.", "All are red."],
        ["Nine?", "Yes!", "All are red…", "Really?!"],
        ["Dr. Lund met Mr. Strand at 5.30 p.m. on Jan. 3.", "They left."],
        ["J. R. Lund owns approx. 3.5 trams.", "They cost No. 7 bn. crowns."],
        ["“Nine trams run.”", "She left (at ten.)", "They stayed."],
        ["He asked who? nobody knew.", "All left."],
        ["Nine trams run"],
        ["ما هي الخطة؟", "سنبني تسعة.", "حقا؟!", "نعم."],
        ["نو ٹرام چلتی ہیں۔", "سب سرخ ہیں۔"],
        ["नौ ट्राम हैं।", "सब लाल हैं॥", "दो पुरानी हैं।"],
        ["Πόσα τραμ;", "Και που;", "Εννέα."],
        ["Πόσα τραμ\u037e", "Εννέα."],
        ["Nine trams; forty buses."],
    ],
)
def test_sentences_part_at_their_ends_and_not_at_abbreviations(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_chinese_sentences_need_no_space_between_them() -> None:
    text = "有九辆电车。它们是红色的！“真的吗？”是的。"
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "有九辆电车。",
        "它们是红色的！",
        "“真的吗？”",
        "是的。",
    ]


def test_a_blank_line_parts_sentences_and_a_single_line_break_does_not() -> None:
    text = "Nine trams\nrun\n\nAll are red"
    assert [text[start:end] for start, end in sentence_spans(text)] == ["Nine trams\nrun", "All are red"]


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


@pytest.mark.parametrize("run", [".", "?", "…", '."', "。", "\n ", " . "])
def test_a_long_run_of_one_character_returns(run: str) -> None:
    sentence_spans(f"Nine{run * 100_000}trams")


def test_a_very_long_paragraph_is_cut_in_its_sentences() -> None:
    assert len(sentence_spans("It ends. " * 100_000)) == 100_000


def test_a_line_of_dots_ends_one_sentence() -> None:
    text = "Trams ........ Five."
    assert [text[start:end] for start, end in sentence_spans(text)] == ["Trams ........", "Five."]
