"""Decides over a whole text who asks, who answers, and whose words are neither."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_service.sources.single_turns import decide_by_turn
from qa_service.sources.turns import Kind, Turn

ASKING = 0.5  # of a person's turns, that hold a question: one who asks
ASKING_MORE = 0.3  # … or so many, and
MORE = 0.25  # this much more than the person who asks least
BRIEF = 0.8  # of the longest mean turn: who asks speaks less
MARKED = 0.1  # of all turns, that hold a question mark; less, and questions are printed without
FEW_WORDS = 8  # of a turn that only gives the floor
REPLYING = 0.4  # of a person's turns, that stand right behind another's question: one who replies
BETWEEN = 0.75  # of a person's turns, that stand between turns of those who reply: one who asks
MEMBERS = 3  # of parties, who never reply, from which most of them tell of the others
MOST_MEMBERS = 0.5  # of those, that ask
HUB = 0.3  # of all turns, that one person has to whom all others turn
_CALLERS = {"analyst", "investor", "shareholder", "analysts"}  # who asks on a call that an operator leads
_COURT = {"the court", "the witness", "the clerk", "the videographer", "the bailiff", "the court reporter"}


@dataclass(slots=True)
class _Person:
    turns: int = 0
    asking: int = 0
    of_a_party: bool = False
    ending: int = 0  # turns that end with a question
    replies: int = 0  # turns right behind another's question
    behind_askers: int = 0  # turns right behind one whose label says that it asks
    longest: int = 0
    words: int = 0

    @property
    def share(self) -> float:
        return self.asking / self.turns

    @property
    def ending_share(self) -> float:
        return self.ending / self.turns


def decide_who_asks(turns: Sequence[Turn], told: Mapping[str, Kind]) -> None:
    """Set `kind` on every turn. `told`: what the metadata say of names, casefolded; it decides alone."""
    unmarked = sum(turn.asks_something for turn in turns) < MARKED * len(turns)
    for turn in turns:
        turn.unmarked = unmarked
    people = _people(turns)
    court = any(turn.key in _COURT or turn.examiner for turn in turns) and any(len(turn.name) == 1 for turn in turns)
    kinds = _kinds(turns, people, told, court=court)
    for turn in turns:
        turn.kind = kinds[turn.key] if turn.name else ("asks" if turn.says == "asks" else "answers")
        if turn.key not in told and turn.says == "answers":
            turn.kind = "answers"
        elif turn.key not in told and turn.says == "asks" and not (court and len(turn.name) > 1):
            turn.kind = "asks"
    decide_by_turn(turns, {key: (person.turns, person.share) for key, person in people.items()}, told)


def _people(turns: Sequence[Turn]) -> dict[str, _Person]:
    people: dict[str, _Person] = defaultdict(_Person)
    for i, turn in enumerate(turns):
        person = people[turn.key]
        person.turns += 1
        person.of_a_party |= turn.of_a_party
        person.asking += turn.asks_something
        person.ending += turn.ends_asking
        words = turn.words
        person.words += words
        person.longest = max(person.longest, words)
        before = turns[i - 1] if i else None
        if before is not None and before.key != turn.key:
            person.replies += before.ends_asking
            person.behind_askers += before.says == "asks"
    return dict(people)


def _kinds(
    turns: Sequence[Turn], people: Mapping[str, _Person], told: Mapping[str, Kind], *, court: bool
) -> dict[str, Kind]:
    """What each name mostly does: as told, as its words say, or as its turns show."""
    says = {turn.key: turn.says for turn in reversed(turns) if turn.says}
    says |= {turn.key: "asks" for turn in turns if turn.says == "asks"}
    roles = {turn.key: set((turn.role or "").casefold().replace(",", " ").split()) for turn in reversed(turns)}
    kinds: dict[str, Kind] = {key: kind for key, kind in told.items() if key in people}
    for key in people.keys() - told.keys():
        caller = "operator" in people and bool(roles[key] & _CALLERS)
        if kind := _by_words(people[key], "asks" if caller else says.get(key), in_court=court and len(key) > 1):
            kinds[key] = kind
        elif len(people) > 2 and _only_gives_the_floor(people[key]):
            kinds[key] = "aside"
    open_ = {key: person for key, person in people.items() if key not in kinds}
    _by_questions(open_, kinds, answering="answers" in kinds.values(), marked=not any(turn.unmarked for turn in turns))
    _ask_like_other_members(kinds, open_)
    speaking = [turn for turn in turns if kinds[turn.key] != "aside" and turn.says != "presides"]
    _turn_to_the_hub(speaking, people, kinds, open_)
    _turn_to_those_who_reply(speaking, people, kinds, open_)
    return kinds


def _by_words(person: _Person, says: str | None, *, in_court: bool) -> Kind | None:
    """What somebody does by the words of the label; None where they don't tell."""
    if says == "answers":
        return "answers"
    if says == "crowd" or in_court:  # objections, rulings
        return "aside"
    if says in {"asks", "hosts"}:
        return "asks"
    replies = max(person.replies, person.behind_askers)  # the president of a country
    if says == "presides" and (replies < 2 or 2 * replies < person.turns):
        return "asks"
    return None


def _only_gives_the_floor(person: _Person) -> bool:
    return person.turns > 1 and person.longest <= FEW_WORDS and not person.asking and not person.replies


def _by_questions(open_: Mapping[str, _Person], kinds: dict[str, Kind], *, answering: bool, marked: bool) -> None:
    """Among people who are only named, who asks much asks. `answering`: somebody else is known to answer."""
    lowest = min((person.share for person in open_.values()), default=0.0)
    least = min(lowest, min((person.ending_share for person in open_.values()), default=0.0))
    longest = max((person.words / person.turns for person in open_.values()), default=0.0)
    for key, person in open_.items():
        replies = 2 * person.replies >= person.turns
        if not marked:  # told by how turns begin, which tells less
            brief = person.words / person.turns <= BRIEF * longest
            asks = brief and person.share - lowest >= MORE and person.share >= ASKING_MORE
        elif person.share >= ASKING and (answering or person.share > lowest):
            only_replies = person.replies == person.turns and person.ending < person.turns
            asks = not replies or (person.ending_share >= ASKING and not only_replies)
        else:
            more = person.ending_share >= ASKING_MORE and person.ending_share - least >= MORE
            asks = not replies and person.turns > 2 and more
        kinds[key] = "asks" if asks else "answers"


def _ask_like_other_members(kinds: dict[str, Kind], open_: Mapping[str, _Person]) -> None:
    """Members of parties who never reply ask where most of them do, with a mark or without one."""
    members = [key for key, person in open_.items() if person.of_a_party and not person.replies]
    if len(members) >= MEMBERS and sum(kinds[key] == "asks" for key in members) >= MOST_MEMBERS * len(members):
        kinds.update(dict.fromkeys(members, "asks"))


def _turn_to_those_who_reply(
    turns: Sequence[Turn], people: Mapping[str, _Person], kinds: dict[str, Kind], open_: Mapping[str, _Person]
) -> None:
    """Who speaks between turns of people who mostly reply to questions, and seldom replies, asks, mark or not."""
    replying = {key for key, kind in kinds.items() if kind == "answers" and _replies(people[key])}
    between: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for before, turn, after in zip(turns, turns[1:], turns[2:], strict=False):
        inside[turn.key] += 1
        around = {before.key, after.key}
        may_ask = people[turn.key].share >= ASKING_MORE and not (before.ends_asking and before.key not in replying)
        others = {key for key in around if kinds[key] == "asks"} if may_ask else set()
        between[turn.key] += bool(around & replying) and around <= replying | others
    for key in open_:
        if key not in replying and inside[key] > 1 and between[key] >= BETWEEN * inside[key]:
            kinds[key] = "asks"


def _replies(person: _Person) -> bool:
    return person.replies > 1 and person.replies >= REPLYING * person.turns


def _turn_to_the_hub(
    turns: Sequence[Turn], people: Mapping[str, _Person], kinds: dict[str, Kind], open_: Mapping[str, _Person]
) -> None:
    """Where one person answers all others, who speaks once or twice between that one's turns asks, mark or not."""
    answers = Counter(turn.key for turn in turns if kinds[turn.key] == "answers")
    if not answers:
        return
    hub, count = answers.most_common(1)[0]
    if count < HUB * len(turns) or hub not in people:
        return
    between: dict[str, bool] = {}
    for i, turn in enumerate(turns):
        last = turns[i - 1] if i else None
        before = last is None or last.key == hub or (kinds[last.key] == "asks" and not last.ends_asking)
        after = i + 1 < len(turns) and turns[i + 1].key == hub
        between[turn.key] = between.get(turn.key, True) and before and after
    few = [key for key in open_ if key != hub and people[key].turns <= 2 and between.get(key, False)]
    asking = sum(kinds[key] == "asks" for key in open_ if key != hub)
    if asking > 1 and 2 * asking >= len(open_) - 1:
        for key in few:
            kinds[key] = "asks"
