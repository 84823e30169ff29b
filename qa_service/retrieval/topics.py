"""A question that only names a topic, such as "What is said about 5G?": the sentence that speaks of it is its answer.

How alike question and statement are tells little here: "Did they mention X?" says nothing of X. English only.
"""

import re

from qa_service.indexing.analysis import terms
from qa_service.language.sentences import sentence_spans
from qa_service.language.words import ENGLISH

LONGEST = 120  # characters
MOST_WORDS = 5  # of a topic; more say something of it
SURE = 0.9  # at least: of 72 dev questions that name a topic found in a sentence, 70 are answered by it (2026-11-28)

_THEY = r"(?:he|she|they|it|you|we|anyone|anybody|someone|somebody)"
_SAY = r"(?:say|says|said|mention|mentions|mentioned|state|stated|write|written|told)"
_SPEAK = (
    r"(?:mention|mentioned|discuss|discussed|address|addressed|talk about|talked about|speak of|speak about|spoke of|"
    r"comment on|commented on|touch on|touched on|bring up|brought up)"
)
_ABOUT = r"(?:about|on|of|regarding|concerning)"
_SPOKEN_OF = r"(?:mentioned|discussed|addressed|talked about|brought up)"
_TOPIC = r"(?P<topic>.+?)"
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"what (?:is|was|has been|(?:did|does|do|has|have|had) {_THEY}) {_SAY} {_ABOUT} {_TOPIC}",
        rf"what (?:do|does|did) {_THEY} have to say {_ABOUT} {_TOPIC}",
        rf"(?:did|does|do|has|have) {_THEY} (?:ever )?{_SPEAK} {_TOPIC}",
        rf"(?:did|does|do) {_THEY} {_SAY} (?:anything|something|a word) {_ABOUT} {_TOPIC}",
        rf"(?:is|was|are|were) {_TOPIC} {_SPOKEN_OF}(?: at all| anywhere| here)?",
        rf"(?:is|was) there (?:anything|something|any (?:mention|word|talk))(?: said)? {_ABOUT} {_TOPIC}",
        rf"(?:anything|something|everything)(?: said)? {_ABOUT} {_TOPIC}",
        rf"what about {_TOPIC}",
        rf"(?:please )?summari[sz]e (?:the |their )?(?:discussions?|conversations?|debates?|talk) {_ABOUT} {_TOPIC}",
        rf"(?:please )?(?:tell|show|give) me (?:more |something |everything |all )?(?:about|on) {_TOPIC}",
        rf"(?:information|info|details|quotes?|statements?|remarks?) {_ABOUT} {_TOPIC}",
    )
)
# What makes words a question, or a sentence, rather than a topic.
_ASKS = frozenset(
    """what how why when where who which whose whom will would can could should is are was were do does did has have had
    may might must if whether because than not no never much many long often""".split()
)
_WORD = re.compile(r"\w+(?:['’]\w+)?")


def topic_of(question: str) -> frozenset[str] | None:
    """The terms of the topic that a question names and asks nothing of; None for any other question."""
    if len(question) > LONGEST:
        return None
    asked = question.strip().rstrip(" ?.!")
    topic = next((match["topic"] for form in _FORMS if (match := form.fullmatch(asked))), asked)
    words = [word.group().casefold() for word in _WORD.finditer(topic)]
    if _ASKS.intersection(words):
        return None
    content = [word for word in words if word not in ENGLISH]
    return frozenset(terms(" ".join(content))) if 1 <= len(content) <= MOST_WORDS else None


def is_spoken_of(topic: frozenset[str], text: str) -> bool:
    """Whether one sentence of the text holds every term of the topic."""
    return topic <= set(terms(text)) and any(
        topic <= set(terms(text[start:end])) for start, end in sentence_spans(text)
    )
