"""Which words of a conversation are searched: the last question, and, where it leans on earlier ones, those too.

Rules over English words, no model: a question that leans is searched both ways, so a wrong guess costs little.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qa_service.answering import MAX_QUESTION, Answer, asks_something
from qa_service.api.chat.follow_ups import read_follow_up, without_thanks
from qa_service.errors import BadRequestError
from qa_service.language.detect import language_of_question
from qa_service.language.questions import ends_in_question_mark

SELF_CONTAINED = 3  # content words with which a question can be answered on its own
MAX_CHAIN = 3  # earlier questions taken along when each leans on the one before
MAX_TURNS = 100  # of a conversation that are looked back at

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FUNCTION_WORDS = frozenset(
    """a an the and or but so also then too as well instead rather than if because while of for in on at by with without
    from to into about over under after before during since until between against through per via what which who whom
    whose when where why how is are was were be been being am do does did done doing have has had having will would
    shall should can could may might must not no yes any some all more most much many few less least other others
    another else same such own only just even still yet already again ever there here it its it's itself they them
    their theirs themselves he him his himself she her hers herself we us our you your i me my this that these those
    one ones please tell say says said explain elaborate give show go continue mean means really exactly
    what's who's that's there's how's where's happen happens happened concern regard compare detail details example
    examples specific specifically further anything something everything thing things long often far ok okay
    year years month months week weeks day days today now last next recent recently""".split()
)
_OPENS_WITH_JOIN = re.compile(r"(and|but|or|so|also|then|plus|or rather)\b", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"(and |but |so |ok |okay )?(what|how) (about|of)\b|what if\b", re.IGNORECASE)
_BARE = re.compile(
    r"(and |but |so |then )?(why( not| so| is that)?|how( so| come| much| many| long| often| exactly)?|when|where|who"
    r"|by whom|since when|until when|by when|for whom|to whom|with whom|really|go on|continue|more|examples?"
    r"|for (example|instance)|such as|like what|meaning|in what way|which ones?|(what|who|where|anything|anyone) else"
    r"|(any|which) others?|what (next|then|more))( please| exactly)?",
    re.IGNORECASE,
)
_SAY_MORE = re.compile(
    r"\b(elaborate|(tell|give|show) me more|say more|more (details?|examples?|specific|precise)|in (more )?detail"
    r"|explain (that|this|it|more|further)|be specific|an example|expand on)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\bthe (first|second|third|fourth|fifth|last|latter|former|other|others|same)( ones?| points?| thing)?\s*[?.!]*$"
    r"|\b(too|as well|instead)\s*[?.!]*$",
    re.IGNORECASE,
)
_PREPOSITION_FIRST = re.compile(
    r"(in|for|by|with|without|on|at|from|to|since|until|before|after|during|between|under|against|via|per|only|not)\b",
    re.IGNORECASE,
)
_SUBJECTS = frozenset("it its it's they their theirs he his she her hers".split())
_OBJECTS = frozenset("them him it this that these those".split())
_DETERMINED = frozenset("year years month months week weeks day days quarter decade century time morning".split())
_CLAUSE_VERBS = frozenset("say says said think thinks believe promise promised mean claim claims report know".split())


@dataclass(frozen=True, slots=True)
class Searches:
    """The last question as asked, and joined with those it leans on, if it does."""

    literal: str
    joined: str | None = None

    @property
    def texts(self) -> list[str]:
        """What to search, literal first."""
        return [self.literal] if self.joined is None else [self.literal, self.joined]


def searches(user_messages: Sequence[str]) -> Searches:
    """What to search for, given everything the user wrote, oldest first. Raises BadRequestError."""
    if not user_messages or not user_messages[-1].strip():
        message = "no question: the last message with role 'user' must hold text"
        raise BadRequestError(message, param="messages")
    literal = question_in(user_messages[-1])
    if len(user_messages) > 1:
        literal = without_thanks(literal)
    if not _asks(literal):
        return Searches(literal)  # "thanks!" asks nothing, of whatever was asked before
    asked = list(islice(_questions_back(user_messages[:-1]), MAX_CHAIN)) if leans(literal) else []
    chain = [literal]
    for earlier in asked:
        chain.insert(0, earlier)
        if not leans(earlier):
            break
    joined = " ".join(chain)
    return Searches(literal, joined if len(joined) <= MAX_QUESTION and len(set(chain)) > 1 else None)


def is_question(message: str) -> bool:
    """Whether a message asks something by itself: it is no small talk, no follow-up, and not too long to search."""
    text = message.strip()
    return 0 < len(text) <= MAX_QUESTION and _asks(without_thanks(text)) and read_follow_up(text) is None


def choose(answers: list[Answer], literal: str) -> Answer:
    """The answer to the words as asked if they can stand alone, the joined if they name no topic, else the surer.

    Of two that are as sure, the joined: words that lean mean what they lean on.
    """
    topics = content_words(literal)
    if topics >= SELF_CONTAINED and answers[0].answered:
        return answers[0]
    return max(reversed(answers), key=lambda answer: answer.confidence) if topics else answers[-1]


def _questions_back(messages: Sequence[str]) -> Iterator[str]:
    """The questions among the last messages, the latest first."""
    for message in islice(reversed(messages), MAX_TURNS):
        if is_question(message):
            yield without_thanks(message.strip())


def _asks(text: str) -> bool:
    return asks_something(text) or ends_in_question_mark(text) or _BARE.fullmatch(text.rstrip(" .!…")) is not None


def question_in(message: str) -> str:
    """The message, or of one too long to be searched, its last line that asks. Raises BadRequestError."""
    text = message.strip()
    if len(text) <= MAX_QUESTION:
        return text
    for line in map(str.strip, reversed(text.splitlines())):
        if len(line) <= MAX_QUESTION and ends_in_question_mark(line):
            return line
    raise BadRequestError(
        f"the message has {len(text)} characters; at most {MAX_QUESTION} can be searched, so shorten it or "
        "put the question, with its question mark, on a line of its own",
        param="messages",
    )


def leans(question: str) -> bool:
    """Whether a question seems to need the conversation before it; told in English only."""
    if not language_of_question(question).follow_ups:
        return False
    text = question.strip().replace("’", "'")
    words = [match.group().lower() for match in _WORD.finditer(text)]
    content = content_words(text)
    if _BARE.fullmatch(text.rstrip(" ?.!…")) or _WHAT_ABOUT.match(text) or _POINTS_BACK.search(text):
        return True
    if _SAY_MORE.search(text) and content < SELF_CONTAINED:
        return True
    if _OPENS_WITH_JOIN.match(text) and len(words) <= 8:
        return True
    if _PREPOSITION_FIRST.match(text) and content < SELF_CONTAINED and len(words) <= 5:
        return True
    return (content <= 1 and len(words) <= 4) or _points_at_nothing(words)


def content_words(question: str) -> int:
    """How many words carry a topic."""
    words = (match.group().lower() for match in _WORD.finditer(question.replace("’", "'")))
    return sum(word not in _FUNCTION_WORDS for word in words)


def _points_at_nothing(words: Sequence[str]) -> bool:
    """Whether a pronoun stands before anything it could mean."""
    before = 0
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in _SUBJECTS and before == 0 and not (word == "it" and _is_empty_it(words, place)):
            return True
        if word in _OBJECTS and before < SELF_CONTAINED and _stands_alone(words, place, following):
            return True
        before += word not in _FUNCTION_WORDS
    return False


def _is_empty_it(words: Sequence[str], place: int) -> bool:
    """Whether `it` stands for what follows: "is it true that …", "how does it come that …"."""
    return "that" in words[place + 1 : place + 4] or "to" in words[place + 2 : place + 4]


def _stands_alone(words: Sequence[str], place: int, following: str) -> bool:
    """Whether a pronoun is not a determiner or conjunction: "this year" and "say that loans grow" lean on nothing."""
    if words[place] in {"it", "them", "him"}:
        return place > 0 and (not following or words[place - 1] == "of")
    if following in _DETERMINED or (words[place] == "that" and words[place - 1] in _CLAUSE_VERBS | {"true"}):
        return False
    return not following or following in _FUNCTION_WORDS or place <= 2
