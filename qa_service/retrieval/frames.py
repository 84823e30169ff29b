"""Reads "What did the minister say about …?" and "According to Ada Lund, …" as what is asked, and of whom.

Everybody in a source is its speaker, so a frame that names the speaker tells which statements may answer and nothing of
what they say. It is taken off, and only that person's statements are searched. A frame that names somebody else stays:
then the name counts as missing, and the question is not answered. English only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa_service.retrieval.mentions import Mentions
from qa_service.retrieval.people import People

LONGEST = 400  # characters of a question that are read for frames; what is longer is no frame and a question
FEWEST_LEFT = 2  # letters that must be left of a question

_WHO = r"(?P<who>[^,:;?!]{1,80}?)"
_ASKS = (
    r"(?:what|how|why|when|where|who|which|whose|is|are|was|were|will|would|does|do|did|can|could|should|has|have)\b"
)
_TALK = r"(?:interview|press conference|hearing|briefing|transcript|conversation|podcast|earnings call)"
_SAY = (
    r"(?:says?|said|thinks?|states?|stated|mentions?|mentioned|announces?|announced|explains?|explained|"
    r"(?:have|has|had) to say|tells?(?: us)?|told(?: us)?|comment|talk|speak|recalls?)"
)
_ABOUT = r"(?:about|on|of|regarding|concerning)(?: this\b:?)?:?"
_VIEW = (
    r"(?:views?|opinions?|thoughts|position|stance|take|verdict|words?|account|memory|memories|estimate|eyes|telling|"
    r"experience|judge?ment|explanation|assessment|comments?|answer|remarks?|version|list|evidence|testimony|appearance|speech)"
)
_ASKED = r"(?P<asked>what|how|why|when|where|who|which(?: \w+)?|how (?:many|much|long|far|often|big|high)(?: \w+)?)"
_SAYS = r"(?:think|say|believe|expect|hope|claim|argue|promise|estimate|reckon|suggest)s?"
_TOLD = (
    r"(?:tells?|told|says?|said|puts?|sees?|argues?|recalls?|remembers?|explains?|describes?|claims?)"
    r"(?: it| them| us| (?:the |our )?\w+)?"
)
_APPEARED = r"(?:spoke|appeared|testified|(?:was|were) (?:asked|told|interviewed|heard))"
_MENTION = r"mention(?:ed)?|discuss(?:ed)?|address(?:ed)?|talk(?:ed)? about|speak (?:of|about)|touch(?:ed)? on|bring up"
_GIVE = r"(?:mention|name|give|list|cite|describe|recall|report|say|tell of)"
_IN = rf"(?:in|during|at) (?:the|this|that) {_TALK}"
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:according to|in the {_VIEW} of) {_WHO}(?:\s*[,:]\s*|\s+(?={_ASKS}))(?P<rest>.+)",
        rf"in {_WHO}['’]s? (?:own )?{_VIEW}\s*[,:]?\s+(?P<rest>.+)",
        rf"i(?: would|['’]d) like to (?:know|hear) from {_WHO}\s*[,:]\s*(?P<rest>.+)",
        rf"(?:tell me |show me |quote )?(?:what|everything|all|anything)(?: that)? {_WHO} {_SAY} {_ABOUT} (?P<rest>.+)",
        rf"what (?:did|does|do|has|have|had) {_WHO} {_SAY} {_ABOUT} (?P<rest>.+)",
        rf"(?:did|does|has) {_WHO} (?:say|said|mention|mentioned) (?:anything |something )?{_ABOUT} (?P<rest>.+)",
        rf"(?:did|does|has) {_WHO} (?:ever )?(?:{_MENTION}) (?P<rest>.+)",
        rf"(?:did|does|do) {_WHO} {_SAYS} (?!to\b)(?:that )?(?P<rest>.+)",
        rf"(?!why\b){_ASKED} (?:did|does|do) {_WHO} {_SAYS} (?!to\b|when\b|in\b)(?:that )?(?P<rest>.+)",
        rf"(?:what(?: is| was| are| were|['’]s) )?{_WHO}['’]s? {_VIEW} (?:on|of|about|regarding|for) (?P<rest>.+)",
        rf"(?P<rest>.+?),? according to {_WHO}\s*[?.]*",
        rf"(?P<rest>.+?),? in {_WHO}['’]s? (?:own )?{_VIEW}\s*[?.]*",
        rf"(?P<rest>.+?),? in the {_VIEW} of {_WHO}\s*[?.]*",
        rf"(?P<rest>.+?),? as {_WHO} {_TOLD}\s*[?.]*",
        rf"(?P<rest>.+?),? (?:when|as) {_WHO} {_APPEARED}\s*[?.]*",
        rf"(?P<rest>.+?) (?:did|does|do) {_WHO} {_GIVE}\s*\?*",
        r"(?P<who>[^,:;?!]{3,60}?)(?: on (?:this:? )?|\s*:\s*|,\s+)(?P<rest>.+)",
        r"(?P<rest>.+), (?P<who>[A-Z][^,:;?!]{2,60}?)\s*\?*",
    )
)
_OCCASIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"{_IN}\s*[,:]?\s+(?P<rest>.+)", rf"(?P<rest>.+?),? {_IN}\s*\?*")
)


@dataclass(frozen=True, slots=True)
class Framed:
    """What is asked without its frame, and whom the frame names: `speaker` and `document`.

    `only`: nobody else's words may answer, as behind "according to". Of whom is merely mentioned, others may speak.
    """

    question: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only: bool = False


class Frames:
    """Reads frames by the people and offices of the sources."""

    def __init__(self, people: People) -> None:
        """By the `people` who answer."""
        self._people = people
        self._mentions = Mentions(people)

    def read(self, question: str) -> Framed:
        """The question without its frame; as it is where it has none, or one that names somebody who isn't there."""
        if len(question) > LONGEST:
            return Framed(question)
        for occasion in _OCCASIONS:
            if (match := occasion.fullmatch(question)) and _is_left(match["rest"]):
                question = match["rest"].strip()
        if not self._people.may_be_in(question):
            return Framed(question)
        for frame in _FRAMES:
            match = frame.fullmatch(question)
            if match and _is_left(match["rest"]) and (named := self._people.named(match["who"].strip())) is not None:
                asked = f"{match['asked']} " if match.groupdict().get("asked") else ""
                rest = f"{asked}{match['rest'].strip()}"
                inside, also = self._mentions.replaced(rest)
                same = set(also.get("speaker", ())) <= set(named.get("speaker", ()))
                return Framed(inside if same else rest, named, only=bool(named))
        return Framed(*self._mentions.replaced(question))


def _is_left(rest: str) -> bool:
    return sum(c.isalnum() for c in rest) >= FEWEST_LEFT
