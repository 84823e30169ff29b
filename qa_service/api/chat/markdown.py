"""Puts source text into Markdown unchanged, so that it can neither break the layout nor smuggle in links or HTML.

Nothing is escaped: a quote stays verbatim. What Markdown would take for markup goes into a code span or block instead.
"""

import re

_MARKUP = re.compile(
    r"[`\\]"  # code, escapes
    r"|\*[^*]*\*|_[^_]*_|~[^~]*~|\$[^$]*\$"  # emphasis, strike-through, formulas
    r"|\][(\[:]|\[[\d,\s^]+\]|!\[|\[\["  # links, images, and marks a client would take for citations of ours
    r"|<[A-Za-z/!?]|&#?\w+;"  # HTML
    r"|://|\bwww\.|\bmailto:|\S@\S"  # what renderers make links of
    r"|\n(?![A-Za-z“\"'(])|\r"  # a line that could open a list, a heading, a block
)
_TICKS = re.compile(r"`+")


def inline(text: str) -> str:
    """A title or name on one line, as it is; in a code span where it holds markup."""
    line = " ".join(text.split())
    before, after = _code_span(line) if _MARKUP.search(line) else ("", "")
    return before + line + after


def around_quote(text: str) -> tuple[str, str]:
    """What to put before and after a quote, so that it stands verbatim in a block of its own."""
    if not _MARKUP.search(text):
        return "> “", "”"
    if "\n" not in text and "\r" not in text:
        before, after = _code_span(text)
        return f"> “{before}", f"{after}”"
    fence = "`" * max(3, _longest_ticks(text) + 1)
    return f"{fence}text\n", f"\n{fence}\n"


def _code_span(text: str) -> tuple[str, str]:
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""  # one space on each side is taken off again
    return ticks + pad, pad + ticks


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
