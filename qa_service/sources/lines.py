"""Cuts a text into lines with exact offsets, and finds what print has put between the words of speech."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_service.sources.words import ANSWERERS, ASKERS, NUMBERED

_LINE = re.compile(r"[^\n]+")
BLANK = " \t\r\n\v\f\u00a0\u2028\u2029\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # from the sixth on: odd ones
CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_TIME = (
    rf"\\?[\[(（<]?\s?(?:{CLOCK}(?:\s?(?:-->|-|–|to)\s?{CLOCK})?(?:\s?[ap]\.?m\.?)?"
    rf"|\d{{1,3}} (?:hours?|minutes?|seconds?)(?: \d{{1,2}} (?:minutes?|seconds?))*(?:{CLOCK})?)\s?\\?[\])）>]?"
)
# Each time is read in one way only, else a line of many would be tried in every combination of ways.
_ONE_WAY = _TIME.replace(r"\.?m\.?)?", r"\.?m\.?(?![a-z]$))?").replace(r"[.,]\d{1,3}", r"[.,]\d{1,3}(?!:)")
TIME_ALONE = re.compile(rf"(?:(?>{_ONE_WAY})[\s|·,–-]*+)+(?:[A-Z]{{2,4}})?", re.IGNORECASE)
TIME_BEFORE = re.compile(rf"{_TIME}\s*+", re.IGNORECASE)
TIME_BEHIND = re.compile(rf"[\s|·,@–-]*{_TIME}$", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d{1,2})(?:[ \t]+|$)")
_COUNTER = re.compile(r"\d+")
_PAGE = re.compile(
    r"(?:page|seite|p\.|pg\.?|página|pagina)?\s*[-–—]?\s*\d{1,5}\s*[-–—]?(?:\s*(?:of|von|de|/)\s*\d{1,5})?"
)
_FRONT_MATTER = re.compile(r"[\s\ufeff]*---[ \t]*\r?\n(?P<body>(?:[^\n]*\n){1,200}?)(?:---|\.\.\.)[ \t\r]*(?:\n|$)")
_TITLE = re.compile(r"^title:\s*+(?P<title>[^\n]+)", re.MULTILINE)

NUMBERED_SHARE = 0.6  # of the lines that open with a number, from which numbers count lines
PAGE_COLUMN = 6  # further in than the lines' numbers, where a page's number stands
IN_SEQUENCE = 0.8  # of those numbers, that are one more than the one before or begin anew
PAGE_LINES = 8  # between two lines alike, from which they are printed on every page
LONGEST_HEADER = 120  # characters
HEADER_WORDS = 4  # of a header that stands beside no page number; less might be a name
ON_EVERY_PAGE = 3  # times that a line comes without any number that counts


@dataclass(slots=True)
class Line:
    """A line that is not blank. `start` and `end` leave white space out; `at` is where its words begin.

    `noise` says why a line is no speech. Between `start` and `at` stands a line number or a time code.
    """

    number: int
    start: int
    end: int
    at: int
    indent: int
    blank_before: bool
    noise: str | None = None


def read_lines(text: str) -> list[Line]:
    """All lines but blank ones, in order."""
    lines: list[Line] = []
    counted, number = 0, 1
    for match in _LINE.finditer(text):
        content = match.group().strip(BLANK)
        if not content:
            continue
        indent = len(match.group()) - len(match.group().lstrip(BLANK))
        start = match.start() + indent
        breaks = text.count("\n", counted, start)
        counted, number = start, number + breaks
        lines.append(Line(number, start, start + len(content), start, indent, blank_before=breaks > 1 or not lines))
    return lines


def front_matter(text: str) -> tuple[int, str | None]:
    """Where the block between `---` lines ends that a text may open with, 0 without one; and the title it gives."""
    match = _FRONT_MATTER.match(text)
    if not match or not re.search(r"^[\w-]+:", match["body"], re.MULTILINE):
        return 0, None
    title = _TITLE.search(match["body"])
    return match.end(), _unquoted(title["title"].strip()) if title else None


def _unquoted(title: str) -> str:
    quoted = len(title) > 2 and title[0] in "'\"" and title[-1] == title[0]
    return title[1:-1].strip() if quoted else title


def skip_line_numbers(text: str, lines: Sequence[Line]) -> bool:
    """Move `at` behind the numbers of a court's numbered lines, where most lines carry one that counts up."""
    found = [(line, _NUMBERED.match(text, line.start, line.end)) for line in lines]
    numbered = [(line, match) for line, match in found if match]
    if len(numbered) < max(10, NUMBERED_SHARE * len(lines)):
        return False
    values = [int(match[1]) for _, match in numbered]
    counting = sum(after in {before + 1, 1} for before, after in pairwise(values))
    if counting < IN_SEQUENCE * (len(values) - 1) or max(values) < 10:
        return False
    column = most_common([line.indent for line, match in numbered if match.end() < line.end])
    for line, match in numbered:
        if match.end() >= line.end and line.indent > column + PAGE_COLUMN:
            continue  # a page's number, in the middle or at the right
        line.at = match.end()
        line.indent += match.end() - match.start()
        if line.at >= line.end:
            line.noise = "line number"
    return True


def mark_page_furniture(text: str, lines: Sequence[Line]) -> None:
    """Mark what is printed page by page: numbers that count up, and lines that come again beside them."""
    alike: dict[str, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        if line.noise is None and line.end - line.at <= LONGEST_HEADER and line.at == line.start:
            alike[_shape(text, line)].append(i)
    for places in alike.values():
        if _counts_up([text[lines[i].at : lines[i].end] for i in places], places):
            _mark(lines, places, "page number")
    for places in list(_beside_page_numbers(text, lines, alike)):
        _mark(lines, places, "page header")
    for shape, places in alike.items():
        if len(places) >= ON_EVERY_PAGE and shape.count(" ") >= HEADER_WORDS - 1 and ":" not in shape:
            apart = min(after - before for before, after in pairwise(places))
            if (
                apart >= PAGE_LINES
                and not _ends_sentence(text, lines[places[0]])
                and _is_set_apart(text, lines, places)
            ):
                _mark(lines, places, "page header")


def _shape(text: str, line: Line) -> str:
    return _COUNTER.sub("#", text[line.at : line.end].casefold())


def _beside_page_numbers(text: str, lines: Sequence[Line], alike: dict[str, list[int]]) -> Iterator[list[int]]:
    """Lines that come again, one or two lines from a page's number."""
    seen: set[str] = set()
    for i, line in enumerate(lines):
        near = range(max(0, i - 2), min(len(lines), i + 3)) if line.noise == "page number" else ()
        for beside in near:
            shape = _shape(text, lines[beside])
            same = alike.get(shape, []) if shape not in seen else []
            seen.add(shape)
            if len(same) > 1 and not _ends_sentence(text, lines[beside]):
                yield same


def _mark(lines: Sequence[Line], places: Sequence[int], noise: str) -> None:
    for place in places:
        lines[place].noise = lines[place].noise or noise


def _is_set_apart(text: str, lines: Sequence[Line], places: Sequence[int]) -> bool:
    """Whether what comes again is set apart from the words behind it, as a speaker's name is not."""
    apart = sum(place + 1 >= len(lines) or lines[place + 1].blank_before for place in places)
    return apart * 2 > len(places) and not all(text[lines[i].at : lines[i].end].isupper() for i in places)


def _counts_up(texts: Sequence[str], places: Sequence[int]) -> bool:
    """Whether lines are alike but for one number that grows from each to the next, and stand pages apart."""
    if not _COUNTER.search(texts[0]) or TIME_ALONE.search(texts[0]):
        return False
    alone = _PAGE.fullmatch(texts[0].strip().casefold()) is not None
    if len(texts) == 1:
        return alone and not texts[0].strip().isdecimal()
    numbers = [[int(number) for number in _COUNTER.findall(text)] for text in texts]
    grows = [column for column in zip(*numbers, strict=True) if len(set(column)) > 1]
    if len(grows) != 1 or any(after - before not in {0, 1} for before, after in pairwise(grows[0])):
        return False
    near = min(after - before for before, after in pairwise(places))
    if texts[0].split()[0].casefold() in NUMBERED | ASKERS | ANSWERERS:  # `Question 1`, `Speaker 2`
        return False
    named = any(mark in texts[0] for mark in ":：") and not re.search(r"\d\s*[:：]\s*\D", texts[0])
    return near >= 3 and not texts[0].rstrip().endswith((".", "?", "!", "。")) and not named


def _ends_sentence(text: str, line: Line) -> bool:
    return text[line.end - 1] in '.?!…。！？؟"”’'


def most_common(values: Sequence[int]) -> int:
    """The value that comes most often; 0 for none."""
    return Counter(values).most_common(1)[0][0] if values else 0
