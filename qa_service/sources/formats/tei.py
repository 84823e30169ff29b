"""TEI, as ParlaMint and archives of interviews have it: `<u who="#Id">` with `<seg>`, names from `<listPerson>`."""

import re
from dataclasses import dataclass, field

from qa_service.dates import period_of
from qa_service.sources.formats.markup import XML_ID, XML_LANG, Element, all_text, children, find, find_all, tag
from qa_service.sources.formats.source_text import SourceText, Timed
from qa_service.sources.formats.tei_times import Moments
from qa_service.sources.formats.writing import Floor, Kind, SpeechWriter, listed, one_line

SPEECHLESS = frozenset("note vocal kinesic incident gap desc writing shift pause head docDate stage label".split())
_PARAGRAPHS = frozenset({"seg", "p", "ab", "l"})
_INSIDE = frozenset("div list item lg sp quote q cit table row cell".split())  # hold paragraphs of an utterance
_WORDS = frozenset({"w", "pc"})
_HUMPS = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÖØ-ÞŠŽČĆĐŁŚŹŻ][^\W\d_])")
_CORPUS = re.compile(r"\b(?:ParlaMint|corpus)\b", re.IGNORECASE)
_ASKS, _ANSWERS = frozenset("interviewer int".split()), frozenset("interviewee respondent informant".split())


@dataclass(slots=True)
class _Speakers:
    """Who an id stands for."""

    names: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    unnamed: dict[str, None] = field(default_factory=dict)  # ids without a name, in order

    def floor(self, who: str | None, ana: str, announced: str | None) -> Floor:
        """Whose turn an utterance is."""
        known = (who or "").split()
        key = known[0].lstrip("#") if known else ""
        role = next((part.lstrip("#") for part in ana.split() if part in {"#chair", "#guest"}), None)
        role = role or self.roles.get(key)
        kind: Kind | None = None
        if role and role.casefold() in _ASKS | _ANSWERS:
            kind = "asks" if role.casefold() in _ASKS else "answers"
        return Floor(self._name(key, announced), role, kind)

    def _name(self, key: str, announced: str | None) -> str | None:
        if not key:
            return announced
        if key in self.names:
            return self.names[key]
        readable = one_line(_HUMPS.sub(" ", re.split(r"[#:/]", key)[-1].replace("_", " ")))
        if announced and (" " not in readable or any(c.isdecimal() for c in readable)):
            return announced
        self.unnamed[readable] = None
        return readable


def read_tei(root: Element) -> SourceText:
    """A TEI document whose speech is in `<u>`."""
    header = find(root, "teiHeader")
    speakers = _read_speakers(root)
    reader = _Body(speakers, Moments.of(root), _holders(root), tokens=find(root, "w") is not None)
    text = find(root, "text")
    language = root.get(XML_LANG) or (text.get(XML_LANG) if text is not None else None)
    for body in [text] if text is not None else []:
        reader.read(body)
    notes = []
    if speakers.unnamed:
        notes.append(
            f"no <listPerson> in the file names {listed(list(speakers.unnamed))}: the ids are shown, made readable; "
            "give `names` in the metadata"
        )
    if reader.overlaps:
        notes.append(f"{reader.overlaps} utterances of several people at once stand under the first of them")
    out = reader.out
    return SourceText(
        out.writer.text,
        turns=tuple(out.turns),
        timeline=tuple(reader.timeline),
        locators=tuple(out.locators),
        title=_title(header, language),
        date=_date(header),
        language=language,
        notes=tuple(notes),
    )


def _holders(root: Element) -> set[Element]:
    """The elements that have utterances somewhere inside."""
    holders: set[Element] = set()
    for u in find_all(root, "u"):
        above = u.getparent()
        while above is not None and above not in holders:
            holders.add(above)
            above = above.getparent()
    return holders


def _read_speakers(root: Element) -> _Speakers:
    found = _Speakers()
    for person in find_all(root, "person"):
        key = person.get(XML_ID)
        named = [one for one in person if tag(one) in {"persName", "name"}]
        current = [one for one in named if not one.get("to")] or named
        if key and current:
            found.names[key] = _person_name(current[0])
        if key and (role := person.get("role")):
            found.roles[key] = role.lstrip("#")
    return found


def _person_name(name: Element) -> str:
    given = [all_text(one) for one in name if tag(one) == "forename"]
    family = [all_text(one) for one in name if tag(one) in {"surname", "nameLink"}]
    return one_line(" ".join([*given, *family])) or all_text(name)


def _title(header: Element | None, language: str | None) -> str | None:
    """The title in the text's language; of a corpus's file, the one that names the sitting."""
    statement = find(header, "titleStmt") if header is not None else None
    titles = [one for one in statement if tag(one) == "title"] if statement is not None else []
    titles = [one for one in titles if one.get(XML_LANG) == language] or titles
    main = [one for one in titles if one.get("type") in {None, "main"}] or titles
    named = [all_text(one) for one in main[:1]]
    if named and _CORPUS.search(named[0]):
        named = [all_text(one) for one in titles if one.get("type") == "sub"][:1] or named
    return named[0] or None if named else None


def _date(header: Element | None) -> str | None:
    """When it was said: the setting's date, else the source's; never when the file was made."""
    for place in ("settingDesc", "recordingStmt", "sourceDesc"):
        part = find(header, place) if header is not None else None
        for date in find_all(part, "date") if part is not None else ():
            when = (date.get("when") or "").partition("T")[0]
            try:
                period_of(when)
            except ValueError:
                continue
            return when
    return None


@dataclass(slots=True)
class _Body:
    """Walks the text: utterances are speech, everything else is not."""

    speakers: _Speakers
    moments: Moments
    holders: set[Element]
    tokens: bool  # words have elements of their own, so white space between elements is none of the text's
    out: SpeechWriter = field(default_factory=SpeechWriter)
    timeline: list[Timed] = field(default_factory=list)
    overlaps: int = 0
    announced: str | None = None  # what a speaker's note says before the utterance

    def read(self, element: Element) -> None:
        """Everything inside, in order."""
        for text, child in children(element):
            if child is None:
                self.out.aside(text)
            elif tag(child) == "u":
                self._utterance(child)
            elif child in self.holders:
                self.read(child)
            else:
                self._aside(child)

    def _aside(self, element: Element) -> None:
        if tag(element) == "gap":
            return  # what it holds tells of words that aren't in the file
        words = all_text(element)
        self.out.aside(words)
        if element.get("type") == "speaker":
            self.announced = words.strip(" :.") or None

    def _utterance(self, u: Element) -> None:
        who = u.get("who")
        self.overlaps += len((who or "").split()) > 1
        self.out.gives_floor(self.speakers.floor(who, u.get("ana") or "", self.announced))
        self.announced = None
        before, turns = self.out.writer.length, len(self.out.turns)
        self._speech(u, u.get(XML_ID))
        self.out.gives_floor(None)
        when = self.moments.span(u.get("start"), u.get("end"))
        if when and len(self.out.turns) > turns and self.out.writer.length > before:
            self.timeline.append(Timed(self.out.turns[turns].start, self.out.turns[-1].end, *when))

    def _speech(self, element: Element, locator: str | None) -> None:
        """Paragraphs inside an utterance; words beside them are a paragraph of their own."""
        words: list[str] = []
        asides: list[str] = []
        for text, child in children(element):
            if child is None:
                words.append(text if text.strip() or not self.tokens else "")
            elif tag(child) in _PARAGRAPHS | _INSIDE:
                self._flush(words, asides, locator)
                self._speech(child, child.get(XML_ID) or locator)
            else:
                self._gather(child, words, asides)
        self._flush(words, asides, locator)

    def _gather(self, element: Element, words: list[str], asides: list[str]) -> None:
        """The words spoken inside an element, and apart from them what is no speech."""
        name = tag(element)
        if name == "gap":
            return
        if name in SPEECHLESS:
            asides.append(all_text(element))
        elif name in _WORDS:
            _token(element, words)
        elif name in {"lb", "pb", "cb"}:
            words.append(" ")
        else:
            for text, child in children(element):
                if child is not None:
                    self._gather(child, words, asides)
                elif text.strip() or not self.tokens:
                    words.append(text)

    def _flush(self, words: list[str], asides: list[str], locator: str | None) -> None:
        self.out.paragraph("".join(words), locator)
        for aside in asides:
            self.out.aside(aside)
        words.clear()
        asides.clear()


def _token(element: Element, words: list[str]) -> None:
    """A word or a mark of a text cut into tokens: `join` says where no space stands."""
    text = "".join(element.itertext()).strip()
    join = element.get("join")
    if join in {"left", "both"} and words and words[-1] == " ":
        words.pop()
    if text:
        words += [text] if join in {"right", "both"} else [text, " "]
