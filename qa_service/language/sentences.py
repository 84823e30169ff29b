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
# A question, told by its mark, or in Japanese and Chinese, which often leave it out, by its last words.
QUESTION = re.compile(rf"[?？؟]|{GREEK_QUESTION_MARK}|か。|か$|吗。|呢。")
# Words that ask for an answer though no mark stands behind them.
REQUEST = re.compile(
    r"\b(?:my (?:first |next |second )?question (?:is|was|concerns|goes)|(?:two|three|a few) questions"
    r"|a (?:question|follow-up) (?:for|on|about)|follow-up on|i (?:was|am) wondering|i['’]d like to hear"
    r"|i(?:['’]d like| would like|['’]d love| also wanted| wanted| want) to (?:ask|know)"
    r"|meine frage|ma question|mi pregunta|la mia domanda|a minha pergunta)\b"
    r"|请问|伺い|お聞かせ|教えてください|お願いします",
    re.IGNORECASE,
)
# How a question begins that a recogniser printed without its mark. What parts words is taken whole, so that a row of
# dashes is not tried in every way in which it may be cut.
ASKING_WORDS = re.compile(
    r"(?:^|[.!?]\s+)\W*+(?:(?:so|and|but|ok|okay|right|well|now|um|uh|yeah|then|also|und|et|y)\W++){0,3}"
    r"(?:\w++(?:[.'-]++\w++)*?\W++){0,2}?"
    r"(?:what|who|whom|whose|when|where|why|how|which|did|do|does|is it|are|was|were|can|could|would|will|have|has"
    r"|tell us|tell me|wer|wann|wo|warum|wie|welche|haben|pourquoi|comment|combien|est-ce|qué|cómo|cuándo|por qué)\b",
    re.IGNORECASE,
)
_UNPARTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# The look-behind and the possessive runs keep long dotted lines from being tried again at every dot.
_BOUNDARY = re.compile(
    rf"(?<![.!?…؟۔।॥])(?P<stop>[.!?…؟۔।॥]++|{GREEK_QUESTION_MARK})[\"'”’»›)\]]*+(?P<gap>\s+)"
    r"|(?P<cjk>[。！？]+[”’」』）]*)\s*|\n\s*\n"
)


def word_count(text: str) -> int:
    """How many words it has; two characters count as one where a script parts no words."""
    if not _UNPARTED.search(text):
        return len(text.split())
    return sum((len(word) + 1) // 2 if _UNPARTED.search(word) else 1 for word in text.split())


def sentence_spans(text: str, *, strict: bool = False) -> list[tuple[int, int]]:
    """(start, end) of each sentence, without the white space between them; empty for blank text.

    `strict`: every mark that may end a sentence does, such as the one behind `Mr`.
    """
    spans = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["stop"] and not strict and not _ends(text, match):
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
