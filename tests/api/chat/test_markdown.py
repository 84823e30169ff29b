"""Source text in Markdown: verbatim, and harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa_service.api.chat.markdown import around_quote, inline

PLAIN = ["Banks lend more.", 'It grew by 5 % (to 3.2), "steadily"; costs < 7.', "Two lines\nof one sentence."]
RISKY = [
    "see [here](http://evil.example)", "<img src=x onerror=alert(1)>", "a `tick` and ``two``", "*loud* and _soft_",
    "it says [1] so", "www.evil.example", "mail me@evil.example", "a\\*b", "A &lt; b", "costs $5 or $6",
    "one\n# two", "one\n- two\n- three", "one\n\n<script>", "`", "x\n```\ny", "![x](y)", "a ~~b~~",
]  # fmt: skip


def rendered(text: str) -> tuple[str, set[str]]:
    """The text that a reader sees, and the kinds of tokens."""
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    flat = [inner for token in tokens for inner in [token, *(token.children or [])]]
    seen = "".join("\n" if t.type == "softbreak" else t.content for t in flat if t.type != "inline")
    return seen, {token.type for token in flat}


@pytest.mark.parametrize("text", PLAIN + RISKY)
def test_a_quote_is_shown_verbatim_and_as_nothing_but_text(text: str) -> None:
    before, after = around_quote(text)
    seen, kinds = rendered(f"Lead:\n\n{before}{text}{after} [1]\n\nEnd.")
    assert text in seen
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "heading_open", "em_open", "strong_open"}


@pytest.mark.parametrize("text", ["a <b>\r\r<img src=x onerror=alert(1)>\rb", "We agreed\r# Not a heading\rand"])
def test_a_carriage_return_ends_a_line_but_not_the_quote(text: str) -> None:
    before, after = around_quote(text)
    seen, kinds = rendered(f"Lead:\n\n{before}{text}{after} [1]\n\nEnd.")
    assert text.replace("\r", "\n") in seen
    assert not kinds & {"html_inline", "html_block", "heading_open"}


@given(st.text(alphabet="ab <>[]()`*_\\&;!#$~\n\r:/.1-", min_size=1).map(str.strip).filter(bool))
def test_no_quote_brings_links_or_html(text: str) -> None:
    before, after = around_quote(text)
    _, kinds = rendered(f"Lead:\n\n{before}{text}{after} [1]\n\nEnd.")
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "heading_open"}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_plain(text: str) -> None:
    assert around_quote(text) == ("> “", "”")


def test_a_title_stands_on_one_line() -> None:
    assert inline(" Night\n trams ") == "Night trams"
    assert inline("a [b](c)") == "`a [b](c)`"
