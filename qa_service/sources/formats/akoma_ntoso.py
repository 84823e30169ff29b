"""Akoma Ntoso debates: who speaks in `<speech>`, `<question>` and `<answer>`, named in `<references>`."""

from dataclasses import dataclass, field

from qa_service.dates import period_of
from qa_service.sources.formats.markup import Element, all_text, children, find, find_all, tag
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.writing import Floor, Kind, SpeechWriter, listed, one_line

_SPEECH: dict[str, Kind | None] = {
    "speech": None, "question": "asks", "answer": "answers", "other": None
}  # fmt: skip
_SPEECHLESS = frozenset(
    "scene narrative summary heading subheading num from remark docTitle docProponent toc caption authorialNote "
    "recordedTime voting quorumVerification".split()
)
_PARAGRAPHS = frozenset("p li item block tr blockList listIntroduction listWrapUp ul ol table blockContainer "
                        "container td th tbody embeddedStructure mod div rollCall papers".split())  # fmt: skip
_IN_SPEECH = frozenset({"scene", "remark", "narrative", "summary", "authorialNote", "recordedTime", "from", "num",
                        "heading", "subheading", "caption"})  # fmt: skip


def read_akoma_ntoso(root: Element) -> SourceText:
    """A debate. Raises nothing: what no speaker says is text between the turns."""
    meta = find(root, "meta")
    reader = _Debate(_shown(root, "TLCPerson"), _shown(root, "TLCRole"))
    parts = list(root.iter("{*}preface", "{*}coverPage", "{*}debateBody", "{*}conclusions"))
    for element in parts if find(root, "debateBody") is not None else [root]:
        reader.read(element, None)
    notes = []
    if reader.unnamed:
        notes.append(
            f"no <TLCPerson> in the file names {listed(list(reader.unnamed))}: the names are those printed, or the "
            "ids; give `names` in the metadata"
        )
    out = reader.out
    return SourceText(
        out.writer.text,
        turns=tuple(out.turns),
        locators=tuple(out.locators),
        title=_title(root),
        date=_date(meta),
        language=_language(meta),
        notes=tuple(notes),
    )


def _shown(root: Element, name: str) -> dict[str, str]:
    """By id how people or roles are shown."""
    found = {}
    for one in find_all(root, name):
        key, shown = one.get("eId") or one.get("id"), one_line(one.get("showAs") or "")
        if key and shown:
            found[key] = shown
    return found


def _title(root: Element) -> str | None:
    for name in ("docTitle", "FRBRalias", "FRBRname"):
        if (element := find(root, name)) is not None and (title := all_text(element) or element.get("value")):
            return one_line(title)
    debate = find(root, "debate")
    return one_line(debate.get("name") or "") or None if debate is not None else None


def _date(meta: Element | None) -> str | None:
    """The work's date: when the debate was held."""
    work = find(meta, "FRBRWork") if meta is not None else None
    for date in find_all(work, "FRBRdate") if work is not None else ():
        when = (date.get("date") or "").partition("T")[0]
        try:
            period_of(when)
        except ValueError:
            continue
        return when
    return None


def _language(meta: Element | None) -> str | None:
    language = find(meta, "FRBRlanguage") if meta is not None else None
    code = language.get("language") if language is not None else None
    return None if code in {None, "", "mul", "und"} else code


@dataclass(slots=True)
class _Debate:
    """Walks the debate's sections: what stands in speeches is speech, everything else is not."""

    people: dict[str, str]
    roles: dict[str, str]
    out: SpeechWriter = field(default_factory=SpeechWriter)
    unnamed: dict[str, None] = field(default_factory=dict)

    def read(self, element: Element, locator: str | None) -> None:
        """Everything inside, in order."""
        for text, child in children(element):
            if child is None:
                self.out.aside(text, locator)
            elif tag(child) in _SPEECH and find_by(child):
                self._speech(child)
            elif tag(child) == "meta":
                continue
            elif tag(child) in _SPEECHLESS or tag(child) == "p":
                self.out.aside(all_text(child), _id(child) or locator)
            else:
                self.read(child, _id(child) or locator)

    def _speech(self, element: Element) -> None:
        printed = next((all_text(child) for child in element if tag(child) == "from"), "")
        self.out.gives_floor(self._floor(element, printed))
        self._inside(element, _id(element))
        self.out.gives_floor(None)

    def _floor(self, element: Element, printed: str) -> Floor:
        key = (element.get("by") or "").lstrip("#")
        printed = printed.strip(" :.–—-") or ""
        name = self.people.get(key)
        if name is None:
            name = printed or key or None
            if key:
                self.unnamed[name or key] = None
        role = self.roles.get((element.get("as") or "").lstrip("#"))
        return Floor(name, role, _SPEECH[tag(element)])

    def _inside(self, element: Element, locator: str | None) -> None:
        """Paragraphs of a speech; words beside them are a paragraph of their own."""
        words: list[str] = []
        asides: list[str] = []
        for text, child in children(element):
            if child is None:
                words.append(text)
            elif tag(child) in _PARAGRAPHS:
                self._flush(words, asides, locator)
                self._inside(child, _id(child) or locator)
            elif tag(child) in _IN_SPEECH and not "".join(words).strip():
                self.out.aside(all_text(child), _id(child) or locator)
            else:
                gather(child, words, asides)
        self._flush(words, asides, locator)

    def _flush(self, words: list[str], asides: list[str], locator: str | None) -> None:
        self.out.paragraph("".join(words), locator)
        for aside in asides:
            self.out.aside(aside)
        words.clear()
        asides.clear()


def gather(element: Element, words: list[str], asides: list[str]) -> None:
    """The words spoken inside an element, and apart from them what is no speech."""
    if tag(element) in _IN_SPEECH:
        asides.append(all_text(element))
    elif tag(element) in {"br", "eol", "eop"}:
        words.append(" ")
    else:
        for text, child in children(element):
            if child is None:
                words.append(text)
            else:
                gather(child, words, asides)


def has_speech(root: Element) -> bool:
    """Whether anybody speaks in it."""
    return any(find(root, name) is not None for name in ("speech", "question", "answer"))


def find_by(element: Element) -> bool:
    """Whether somebody says it."""
    return tag(element) != "other" or element.get("by") is not None


def _id(element: Element) -> str | None:
    return element.get("eId") or element.get("id") or None
