"""Reads a message: a follow-up on the answer before, or a question. Rules over English words, no model."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from qa_service.api.chat.intents import NUMBERS, RULES, Intent
from qa_service.language.detect import language_of_question

LONGEST = 120  # characters of a message; who writes more says more than that there should be more

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SHORT_FORMS = {
    "whos": "who is",
    "whats": "what is",
    "wheres": "where is",
    "thats": "that is",
    "dont": "do not",
    "didnt": "did not",
    "don't": "do not",
    "didn't": "did not",
    "i'd": "i would",
    "teh": "the",
    "adn": "and",
}
_CLIPS = {"'s": " is", "'m": " am", "'re": " are"}
_CLIPPED = re.compile("|".join(_CLIPS))
_LEAD = (
    "(?:thanks|thank you|thx|ty|cheers|ok|okay|great|good|nice|cool|perfect|interesting|hm+|ah|oh|wow|well|so|and|but"
    "|now|then|alright|right|yes|yeah|yep|please|pls|plz|sorry|hi|hello|hey|got it|i see|fine|very much|a lot|so much"
    "|very|for (?:that|this)|mate|man|wait|also|just|not clear|unclear"
    "|i (?:do|did) not (?:understand|get)(?: (?:it|that|this))?)"
)
_OPENER = (
    "(?:(?:can|could|would|will|may|might) (?:you|u|i|we)(?: please| pls| plz)?(?: just| also| maybe)?"
    "|i (?:would (?:like|love)|want|need)(?: to)?|let me|do you have|have you got)"
)
_VERB = "(?:give|show|tell|get|send|bring|list|print|see|have|read|hear|know|find|hit|point)(?: me| us)?(?: with| to)?"
_TRAIL = (
    "(?:please|pls|plz|thanks|thank you|thx|ty|now|again|too|for me|if (?:you can|possible)|then|though|mate|man"
    "|as well|exactly|actually|here|in (?:the|this) (?:interview|hearing|transcript|document|text|source))"
)
_PATTERNS = {
    intent: re.compile(f"(?:{_LEAD} )*(?:{_OPENER} )?(?:{_VERB} )?(?:{'|'.join(rules)})(?: {_TRAIL})*")
    for intent, rules in RULES.items()
}
_KNOWN = frozenset(word for pattern in _PATTERNS.values() for word in re.findall("[a-z]{3,}", pattern.pattern))

# Small words before a question, as in "thanks, and the apprentices?": not part of what is asked.
_THANKS = re.compile(
    r"\s*(?:(?:thanks|thank you|thx|ty|cheers)(?: a lot| so much| very much| for that| mate)?\b"
    r"|(?:ok|okay|great|good|nice|cool|perfect|interesting|got it|i see|alright|fine|wow|hi|hello|hey)(?=\s*[,.!;:–—]))"
    r"[\s,.!;:–—]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is asked for; with `NTH` also of which statement: its number from 1, or −1 for the last."""

    intent: Intent
    number: int = 0


def read_follow_up(message: str) -> FollowUp | None:
    """The follow-up that a message is; None for a question, for whatever no rule fits, in a language without rules."""
    if len(message) > LONGEST or not language_of_question(message).follow_ups:
        return None
    words = list(_words(message))
    found = _match(" ".join(words))
    if found or len(words) < 2:  # a word alone may be what is looked for
        return found
    return _match(" ".join(_mended(word) for word in words))


def without_thanks(message: str) -> str:
    """A question without thanks and greetings before it; the message itself where nothing else is in it."""
    at = 0
    while match := _THANKS.match(message, at):
        at = match.end()
    return message[at:].strip() or message


def _match(words: str) -> FollowUp | None:
    for intent, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(words):
            number = next((text for text in match.groupdict().values() if text), "")
            return FollowUp(intent, NUMBERS.get(number, 0))
    return None


def _words(message: str) -> Iterator[str]:
    text = unicodedata.normalize("NFKC", message).lower().replace("’", "'")
    for word in _WORD.findall(text):
        yield _SHORT_FORMS.get(word, _CLIPPED.sub(lambda clipped: _CLIPS[clipped[0]], word))


def _mended(word: str) -> str:
    """The word of the rules that a mistyped one is one slip away from; its first letter is never the slip."""
    if len(word) < 3 or word in _KNOWN:
        return word
    return next((known for known in sorted(_KNOWN) if known[0] == word[0] and _is_slip(word, known)), word)


def _is_slip(typed: str, known: str) -> bool:
    """Whether a letter was left out or doubled, or two changed places. Another letter could make another word."""
    if len(known) < 4:
        return False
    if len(typed) == len(known):
        swaps = (known[:at] + known[at + 1] + known[at] + known[at + 2 :] for at in range(1, len(known) - 1))
        return typed in swaps
    if len(typed) < len(known):
        return typed in (known[:at] + known[at + 1 :] for at in range(1, len(known)))
    return typed in (known[:at] + known[at - 1 :] for at in range(1, len(known) + 1))
