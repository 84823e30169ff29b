"""Every way in which a line may open with somebody's name. Which of them a text means, `labels` learns from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa_service.sources.heads import Head, clean_name, is_abbreviation, read_head
from qa_service.sources.lines import BLANK, TIME_ALONE, TIME_BEFORE
from qa_service.sources.roles import has_title, is_capitalised, is_shouted, role_of

LOOKED_AT = 160  # characters of a line
MOST_WORDS = 18  # before the full stop of `Mme Lund, ministre de la transition écologique. `
SHORT = 90  # characters of a line that may be a name alone

_MARK = re.compile(r"(?:>{2,}|[○◯●◆◇■□▼▽◎△▲▶►▷☞•·※])\s*+")
_DATE = re.compile(r"\[?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s+(?=\d{1,2}:\d{2})")
_LETTER = re.compile(
    r"(?:\*\*|__)?(?P<letter>[QAPRDFIВОqa])(?P<number>\s?\d{1,3})?(?:\s?[.:)](?:\*\*|__)?(?:\s++|$)|(?:\*\*|__)\s++|\t\s*+|\s{2,}+)(?=\S|$)"
)
_AFTER_COLON = re.compile(r"[:：][*_\]]*+\s*+(?:\*\*(?=\S)\s*+)?")
_BRACKETED_TIME = re.compile(r"(?:\\?[\[(]|\d{1,3}:\d{2}:\d{2})")
_AFTER_STOP = re.compile(r"\.\s*+(?P<dash>[–—]|-{1,2}(?=\s))?\s*+")
_DASH = re.compile(r"(?P<head>[^\W\d_][^–—\n]{0,60}?)\s+(?:[–—]|-{1,2})\s+(?=\S)")
_BRACKET = re.compile(
    r"(?:\[(?P<a>[^\[\]]{1,60})\]|\((?P<b>[^()]{1,60})\)|（(?P<c>[^（）]{1,40})）|【(?P<d>[^【】]{1,40})】"
    r"|[<‹〈](?P<e>[^<>‹›〈〉]{1,60})[>›〉]|［(?P<f>[^［］]{1,40})］|〔(?P<g>[^〔〕]{1,40})〕)\s*+[:：]?\s*+"
)
_MARKED = re.compile(r"[○◯●◎]\s?(?P<head>[^\s:：].{0,40}?)　+(?=\S)")
_WIDE = re.compile(r"(?P<head>[^\W\d_][^\t]{0,48}?)(?:\t+|\s{3,}+)(?=\S)")
_BOLD = re.compile(r"(?:\*\*|__)(?P<head>[^*_\n]{1,70})(?:\*\*|__)[.:]?\s+(?=\S)")
_TIMED = re.compile(
    r"(?P<head>[^\W\d_][^\[\](){}:\n]{0,60}?)\s*\\?[\[(](?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?\\?[\])]\s*+(?=\S)"
)
_ASKED = re.compile(r"\d{1,4}\.\s+(?P<head>[A-Z][^.:?!\n]{2,60}?) (?=asked (?:the|His|Her) [A-Z])")
_ASKED_BY = re.compile(r"(?:Asked|Tabled|Moved) by (?P<name>(?:The )?[A-Z][^.:]{2,60})$")
_ADDRESS = re.compile(r"[<\[(]?https?://\S+")
_TABLE = re.compile(r"[^\s.?!:;,\"”’)]\s{2,}\S{1,60}\s{2,}\S")
_QUOTED_FRAME = ("http", "https", "ftp", "mailto")


@dataclass(frozen=True, slots=True)
class Opening:
    """A way to read a line's beginning: its form, whose name it is, and where the words behind it begin."""

    form: str
    head: Head
    text_from: int


def openings(line: str) -> Iterator[Opening]:
    """The ways in which a line without white space around it can be read, the most telling first."""
    start, timed = _before(line)
    rest = line[start:]
    if letter := _letter(rest):
        yield _moved(letter, start)
    if alone := _alone(rest, timed=timed):
        yield _moved(alone, start)
    if marked := _marked(line):
        yield marked
    for read in (_bracket, _colon, _stop, _bold, _timed, _asked, _wide, _dash):
        if found := read(rest):
            yield _moved(found, start)


def _moved(opening: Opening, by: int) -> Opening:
    return Opening(opening.form, opening.head, opening.text_from + by)


def _before(line: str) -> tuple[int, bool]:
    """Where the name may begin, behind a caption's mark, a date, a time code; and whether there was a time code."""
    at, timed = 0, False
    for pattern in (_MARK, _DATE, TIME_BEFORE, _MARK):
        if (match := pattern.match(line, at)) and match.end() < len(line):
            at = match.end()
            if pattern is TIME_BEFORE:
                timed = True
                at += len(line[at:]) - len(line[at:].lstrip(BLANK + "-–|"))
    return at, timed


def _letter(line: str) -> Opening | None:
    match = _LETTER.match(line)
    if not match:
        return None
    text_from = _behind_time(line, match.end())
    return Opening("letter", Head(match["letter"].upper()), text_from)


def _alone(line: str, *, timed: bool) -> Opening | None:
    """A name with nothing behind it but a time code."""
    if len(line) > SHORT:
        return None
    if match := _ASKED_BY.match(line):
        asker = read_head(match["name"])
        return Opening("alone-asked", replace(asker, asks=True), len(line)) if asker else None
    head = read_head(line)
    if head is None or line[-1] in ".?!。" or any(". " in role for role in head.roles):
        return None
    if timed or head.timed:
        head = _surname_first(head)
    bare = line.strip("*_ ")
    if timed or head.timed:
        form = "alone-time"
    elif line.startswith("#"):
        form = "alone-heading"
    elif line[0] in "[(（【<［〔" and line.rstrip(BLANK)[-1] in "])）】>］〕":
        form = "alone-bracket"
    elif line.startswith(("**", "__")) and line.endswith(("**", "__")):
        form = "alone-bold"
    elif bare.endswith((":", "：")):
        return None
    else:
        form = "alone-bare"
    return Opening(form, head, len(line))


def _surname_first(head: Head) -> Head:
    """`Lund, Ada   0:04` is one name."""
    given = head.roles[0] if head.loose and head.roles else ""
    if given and len(given.split()) <= 2 and is_capitalised(given) and role_of(Head(given)) is None:
        return replace(head, name=f"{head.name}, {given}", roles=head.roles[1:])
    return head


def _bracket(line: str) -> Opening | None:
    match = _BRACKET.match(line)
    if not match or match.end() >= len(line):
        return None
    head = read_head(next(group for group in match.groups() if group is not None))
    if head is None:
        return None
    kind = "square" if match["a"] or match["f"] else "round" if match["b"] or match["c"] else "other"
    behind = _BRACKET.match(line, match.end())
    if behind and role_of(head) in {"asks", "answers"}:  # `<답변> (한소영 과장) …`
        person = read_head(next(group for group in behind.groups() if group is not None))
        if person:
            match, head = behind, Head(person.name, (*person.roles, head.name))
    text_from = _behind_time(line, match.end())
    if text_from == len(line):
        return Opening("alone-time", head, text_from)
    return Opening(f"bracket-{kind}", head, text_from)


def _colon(line: str) -> Opening | None:
    at = _colon_at(line[:LOOKED_AT])
    if at is None or line[at + 1 : at + 3] == "//":
        return None
    head = read_head(line[:at])
    if head is None or head.key in _QUOTED_FRAME or _ADDRESS.fullmatch(line[at + 1 :].strip(BLANK)):
        return None
    match = _AFTER_COLON.match(line, at)
    end = match.end() if match else at + 1
    return Opening("colon", head, _behind_time(line, end))


def _colon_at(line: str) -> int | None:
    depth = 0
    for i, c in enumerate(line):
        if c in "([（【<［":
            depth += 1
        elif c in ")]）】>］":
            depth -= 1
        elif c in ":：":
            time = line[i - 1 : i].isdigit() and line[i + 1 : i + 2].isdigit()
            if depth <= 0 and not time:
                return i
        elif c in "?!？！。؟":
            return None
    return None


def _behind_time(line: str, at: int) -> int:
    """Where words begin behind a time code that stands behind a label; the line's end where it is all there is."""
    rest = line[at:]
    if not rest or TIME_ALONE.fullmatch(rest.strip(BLANK)):
        return len(line)
    match = TIME_BEFORE.match(rest)
    return at + match.end() if match and _BRACKETED_TIME.match(rest) else at


def _stop(line: str) -> Opening | None:
    """`Mr. Lund. `, `CHAIR LUND.  `, `Lund (PPE). – `, `Pregunta. `: up to the first full stop that ends no title."""
    at = 0
    for word in line[:LOOKED_AT].split()[:MOST_WORDS]:
        at = line.index(word, at) + len(word)
        if word.endswith(".") and not is_abbreviation(word):
            break
        if word.endswith((":", "?", "!", ";", "。")):
            return None
    else:
        return None
    head = read_head(line[: at - 1])
    match = _AFTER_STOP.match(line, at - 1)
    if head is None or match is None or match.end() >= len(line):
        return None
    if match["dash"] and line[match.end("dash")].isspace():
        return Opening("stop-dash", head, match.end())
    if has_title(head) or is_shouted(head.name) or role_of(head) in {"asks", "answers", "hosts", "presides", "crowd"}:
        return Opening("stop", head, match.start("dash") if match["dash"] else match.end())
    return None


def _headed(form: str, pattern: re.Pattern[str], line: str) -> Opening | None:
    match = pattern.match(line)
    head = read_head(match["head"]) if match else None
    return Opening(form, head, match.end()) if match and head else None


def _marked(line: str) -> Opening | None:
    """`○国務大臣（麻生太郎君）　お答えします。`"""
    return _headed("marked", _MARKED, line)


def _bold(line: str) -> Opening | None:
    found = _headed("bold", _BOLD, line)
    return replace(found, text_from=_behind_time(line, found.text_from)) if found else None


def _timed(line: str) -> Opening | None:
    """`Ada Lund [00:01:02] How many?`"""
    return _headed("timed", _TIMED, line)


def _asked(line: str) -> Opening | None:
    """`61. Deputy Ada Lund asked the Minister …`, a question that was tabled."""
    found = _headed("asked", _ASKED, line)
    return replace(found, head=replace(found.head, asks=True)) if found else None


def _wide(line: str) -> Opening | None:
    match = _WIDE.match(line)
    if not match or _TABLE.search(line[:LOOKED_AT]) or TIME_ALONE.fullmatch(line[match.end() :].strip(BLANK)):
        return None
    head = read_head(match["head"])
    if head is None or clean_name(match["head"]).endswith((",", ";")):
        return None
    form = "tab" if "\t" in match.group() else "wide"
    return Opening(form, head, match.end())


def _dash(line: str) -> Opening | None:
    return None if _TABLE.search(line[:LOOKED_AT]) else _headed("dash", _DASH, line)
