"""Sentence boundaries as offsets: every sentence is a verbatim cut, and together they cover the text."""

import re

# Endings after which a full stop does not end a sentence.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col st jr sr vs etc inc ltd co corp no nos fig figs dept est approx "
    "e.g i.e cf al jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n ph.d bn mn art vol pp".split()
)
# A Greek question mark is written as a semicolon (NFC turns U+037E into one); the Greek semicolon is a raised dot.
_GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]"
GREEK_QUESTION_MARK = rf"(?:(?:(?<={_GREEK})|(?<={_GREEK}[\u0300-\u0345]));|\u037e)"
# The look-behind and the possessive runs keep long dotted lines from being tried again at every dot.
_BOUNDARY = re.compile(
    rf"(?<![.!?…؟۔।॥])(?P<stop>[.!?…؟۔।॥]++|{GREEK_QUESTION_MARK})[\"'”’)\]]*+(?P<gap>\s+)"
    r"|(?P<cjk>[。！？]+[”’」』）]*)\s*|\n\s*\n"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, without the white space between them; empty for blank text."""
    spans = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["stop"] and not _ends(text, match):
            continue
        end = match.start("gap") if match["stop"] else match.end("cjk") if match["cjk"] else match.start()
        spans.append(_strip(text, start, end))
        start = match.end()
    spans.append(_strip(text, start, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _ends(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 1]
    if following.islower():
        return False
    if match["stop"] != ".":
        return True
    start = match.start()
    while start and (text[start - 1].isalnum() or text[start - 1] in "_."):
        start -= 1
    last = text[start : match.start()].casefold()
    initial = len(last) == 1 and last.isalpha() and last != "i"
    return not initial and last not in ABBREVIATIONS


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
