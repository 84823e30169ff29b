"""What opens the lines of one text, and what of it recurs: the evidence from which its labels are learnt."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache

from qa_service.sources.heads import NAMES, Head, nfc
from qa_service.sources.openings import Opening, openings
from qa_service.sources.roles import (
    has_title,
    is_capitalised,
    is_caseless,
    is_nothing,
    is_numbered,
    is_unnamed,
    names_an_office,
    role_of,
)
from qa_service.sources.words import ASKERS, HOSTS, PAIRS

CASELESS = 15  # characters of a name in a script without capitals
FEWEST_LINES = 3  # of a form that is not a colon, before it is believed
FEWEST_ALONE = 4  # names alone on their lines, with nothing else to tell them
EXOTIC_SHARE = 0.2  # of the lines with a colon, below which another form is chance
ALONE_COLONS = 0.3  # of the labels that come often, that stand alone where a label may
ALONE_SHARE = 0.12  # of all lines, that names alone on a line must be
CODE = re.compile(r"[A-Z]{1,4}(?:\d{1,2}|\?)")  # a participant's: P3
_SMALL_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_A-Z]{2,}(?![^\W\d_])")
_LONE_Q = re.compile(r"Q(?:\s{3,}|\t)\S")
_FULL_STOP = {"stop", "stop-dash"}


class Evidence:
    """All openings of a text's lines, how often each name comes in each form, and which forms are believed.

    `pair`: the letters that ask and answer, such as Q and A; only the one that asks where no other answers.
    """

    def __init__(self, lines: Sequence[str], apart: Sequence[bool], known: Collection[str] = ()) -> None:
        """`apart`: whether a blank line stands before each. `known`: names the metadata gives, always believed."""
        self.lines = lines
        self.apart = [*apart, True]
        self.known = {nfc(name).casefold() for name in known}
        self.openings = [list(openings(line)) for line in lines]
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for found in self.openings:
            for one in found:
                self.counts[one.form][one.head.key] += 1
        self.alone = Counter(
            one.head.key
            for line, found in zip(lines, self.openings, strict=True)
            for one in found
            if one.form == "colon" and one.text_from >= len(line)
        )
        often = [(n, self.alone[key]) for key, n in self.counts["colon"].items() if n > 2]
        self.mostly_inline = sum(alone for _, alone in often) < ALONE_COLONS * sum(n for n, _ in often)
        self.pair = self._letter_pair()
        self.forms = self._believed_forms()
        self.coded = sum(n for key, n in self.counts["colon"].items() if n > 1 and CODE.fullmatch(key.upper())) > 2

    @cached_property
    def common_words(self) -> Counter[str]:
        """How often the text writes each word without a capital."""
        return Counter(word for line in self.lines for word in _SMALL_WORD.findall(line))

    def count(self, one: Opening) -> int:
        """How many lines open with this name in this form."""
        return self.counts[one.form][one.head.key]

    def is_heading(self, one: Opening, line: int) -> bool:
        """Whether it is a name before a colon alone on its line, where others have their words behind the colon."""
        head = one.head
        if one.text_from < len(self.lines[line]) or says_role(head) or head.timed or head.bracketed:
            return False
        if is_numbered(head) or is_unnamed(head):
            return False
        if head.words[:1] == ["by"]:  # a court's examiner
            return False
        return self.alone[one.head.key] == self.count(one) and self.mostly_inline

    def recurs(self, one: Opening) -> bool:
        """Whether the name comes again in this form."""
        return self.count(one) > 1 or one.form == "letter"

    def known_name(self, head: Head) -> str | None:
        """The name with or without what stands behind its comma, if the metadata gives it."""
        whole = ", ".join((head.name, *head.roles))
        return next((name for name in (whole, head.name) if name.casefold() in self.known), None)

    def plausible(self, head: Head) -> bool:
        """Whether it may be somebody's name in a form that is believed."""
        if is_nothing(head) and head.key not in self.known:
            return False
        if is_caseless(head.name):
            return len(head.name) <= CASELESS and head.name.count(" ") <= 1
        if is_capitalised(head.name) or is_numbered(head) or is_unnamed(head) or head.key in self.known:
            return True
        return (
            has_title(head)
            or role_of(head) == "crowd"
            or (role_of(head) is not None and is_capitalised(re.sub(r"\s*\d+$", "", head.name)))
        )

    def unbelieved(self) -> str | None:
        """How lines seem to begin that were not believed to be labels: the most common of them, as printed."""
        best: tuple[int, str] | None = None
        for i, found in enumerate(self.openings):
            for one in found:
                count = self.counts[one.form][one.head.key]
                if count > 1 and one.form not in {"alone-bare", "dash"} and (best is None or count > best[0]):
                    best = (count, self.lines[i][: one.text_from].strip())
        return best[1] if best else None

    def _letter_pair(self) -> frozenset[str]:
        seen = {key.upper() for key in (*self.counts["letter"], *self.counts["colon"]) if len(key) == 1}
        for pair in PAIRS:
            if seen.issuperset(pair):
                return frozenset(pair)
        lone = self.counts["letter"]["q"] + self.counts["colon"]["q"]
        apart = any(_LONE_Q.match(line) for line in self.lines)
        return frozenset("Q") if lone > 1 or apart else frozenset()

    def _believed_forms(self) -> set[str]:
        strong = {form: self._strong_lines(form) for form in self.counts}
        colon = strong.get("colon", 0)
        rival = max(
            (n for form, n in strong.items() if form in {"stop", "stop-dash", "alone-time", "marked"}), default=0
        )
        self.colon_is_chance = rival >= FEWEST_LINES and colon < EXOTIC_SHARE * rival
        believed = {"colon", "letter"}
        for form, lines in strong.items():
            names = [key for key, n in self.counts[form].items() if n > 1]
            fewest = 2 if form == "alone-time" else FEWEST_LINES
            if lines < fewest or lines < EXOTIC_SHARE * colon:
                continue
            if (
                form == "alone-time"
                or form in _FULL_STOP
                or ((len(names) > 1 or (names and self._has_telling(form))) and not (form == "dash" and colon > lines))
            ):
                believed.add(form)
        bare = strong.get("alone-bare", 0)
        if bare < max(FEWEST_ALONE, ALONE_SHARE * len(self.lines), colon):
            believed.discard("alone-bare")
        return believed

    def _has_telling(self, form: str) -> bool:
        """Whether a name in this form tells by itself that it is one."""
        return any(_tells(one.head) for found in self.openings for one in found if one.form == form)

    def _strong_lines(self, form: str) -> int:
        """Lines whose opening of this form looks like a name and recurs, or says a role."""
        heads = {one.head.key: one.head for found in self.openings for one in found if one.form == form}
        counts = self.counts[form]
        once = form == "alone-time" or form in _FULL_STOP
        return sum(
            n for key, n in counts.items() if (n > 1 or once or _tells(heads[key])) and self.plausible(heads[key])
        )


@lru_cache(NAMES)
def says_role(head: Head) -> bool:
    """Whether its words tell what it does, and are written as a label is."""
    if role_of(head) is None:
        return False
    words = head.name.split()
    if head.key in ASKERS | HOSTS or len(words) == 1:
        return True
    large = [word for word in words if word[:1].isupper() or not word[:1].isalpha() or is_caseless(word)]
    people = {"reporter", "journalist", "interviewer", "correspondent", "periodista", "giornalista", "journaliste"}
    return is_capitalised(head.name) or all(w in large or w.casefold() in people for w in words)


@lru_cache(NAMES)
def _tells(head: Head) -> bool:
    """Whether it says a role, has a number, or names an office."""
    return role_of(head) is not None or is_numbered(head) or (is_caseless(head.name) and names_an_office(head.name))
