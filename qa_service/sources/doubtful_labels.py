"""Openings that look like labels and are none: headlines, header blocks, words that a sentence puts before a colon."""

import re
from collections.abc import Sequence

from qa_service.language.sentences import QUESTION
from qa_service.sources.evidence import Evidence, says_role
from qa_service.sources.openings import Opening
from qa_service.sources.roles import is_caseless, is_numbered, is_unnamed, names_an_office, role_of

SELDOM = 2  # times that a word may come as a label by chance
COMMON = 5  # times that such a word is written without a capital
PASSES = 2  # over names that come once: one less may make another chance
_ENDS = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』）*_]*\s*$")

Chosen = list[Opening | None]


def drop_header_blocks(evidence: Evidence, chosen: Chosen) -> None:
    """A block of lines such as `Interviewer: Ruth Adair` ahead of all turns tells of the text; nobody speaks."""
    headline = next((i for i, one in enumerate(chosen) if one), None)
    if headline is not None and (one := chosen[headline]) and _is_quoted(evidence.lines[headline][one.text_from :]):
        chosen[headline] = None
    first = next((i for i, one in enumerate(chosen) if one and evidence.recurs(one)), len(chosen))
    keyed = [any(o.form == "colon" for o in evidence.openings[i]) for i in range(first)]
    for i in range(first):
        one = chosen[i]
        beside = [keyed[i - 1]] if i and not evidence.apart[i] else []
        beside += [keyed[i + 1]] if i + 1 < first and not evidence.apart[i + 1] else []
        if one and (i == 0 or evidence.pair) and _is_title(evidence, one, i):
            chosen[i] = None  # a title
        elif one and any(beside) and not _ENDS.search(_bare(evidence.lines[i])):
            chosen[i] = None


def _is_title(evidence: Evidence, one: Opening, line: int) -> bool:
    head = one.head
    if one.form != "colon" or head.words[:1] == ["by"] or role_of(head) or head.bracketed or head.key in evidence.known:
        return False
    return (head.loose and not head.bracketed) or not _ENDS.search(_bare(evidence.lines[line]))


def drop_chance_names(evidence: Evidence, chosen: Chosen) -> None:
    """A single word before a colon, once, is a name only where a question was asked, is asked, or a turn resumes."""
    turns = [i for i, one in enumerate(chosen) if one]
    for _ in range(PASSES):
        for place, i in enumerate(turns):
            one = chosen[i]
            fits = one is not None and not _is_common(evidence, one) and _fits(evidence, chosen, turns, place)
            if (
                one
                and not fits
                and (_is_common(evidence, one) or _is_unfinished(evidence, one, i) or not _stands(evidence, one))
            ):
                chosen[i] = None
        turns = [i for i in turns if chosen[i]]


def _is_common(evidence: Evidence, one: Opening) -> bool:
    """Whether the name is one word that the text uses as a word, too: `Remember: …`."""
    if is_caseless(one.head.name) or one.form != "colon" or says_role(one.head) or one.head.key in evidence.known:
        return False
    written_small = evidence.common_words[one.head.key]
    return written_small >= COMMON if evidence.count(one) == SELDOM else evidence.count(one) == 1 and written_small > 0


def _fits(evidence: Evidence, chosen: Chosen, turns: Sequence[int], place: int) -> bool:
    i = turns[place]
    after = turns[place + 1] if place + 1 < len(turns) else len(chosen)
    following = chosen[after] if after < len(chosen) else None
    if QUESTION.search(evidence.lines[after - 1][-2:]) and following and role_of(following.head) != "asks":
        return True
    if place == 0:
        return False
    before = chosen[turns[place - 1]]
    if before is None or role_of(before.head) == "asks" or before.head.name == "Q":
        return True
    if QUESTION.search(evidence.lines[i - 1][-40:]):
        return True
    return following is not None and following.head.key == before.head.key


def _is_unfinished(evidence: Evidence, one: Opening, line: int) -> bool:
    """Whether a name that comes once stands before a line alone that is no sentence: `À LIRE AUSSI : un livre`."""
    weak = not evidence.recurs(one) and one.form == "colon" and one.head.key not in evidence.known
    if not weak or one.head.bracketed or says_role(one.head) or is_numbered(one.head) or is_unnamed(one.head):
        return False
    text = _bare(evidence.lines[line][one.text_from :])
    return bool(text) and evidence.apart[line + 1] and not _ENDS.search(text) and not text.endswith(("-", "—", "–"))


def _stands(evidence: Evidence, one: Opening) -> bool:
    """Whether it is a label whatever stands around it."""
    head = one.head
    if evidence.recurs(one) or one.form != "colon" or head.key in evidence.known or says_role(head):
        return True
    if head.bracketed:
        return True
    if is_caseless(head.name):
        return len(head.name) == 1 or names_an_office(head.name)
    return len(head.name.split()) > 1 or is_numbered(head)


def _bare(text: str) -> str:
    """Without closing ornaments."""
    return text.rstrip("_*=~# \u200b")


def _is_quoted(text: str) -> bool:
    """Whether all of it stands in quotation marks, as a headline's quotation does."""
    return bool(text) and text[:1] in '“„«"‘' and text[-1:] in '”“»"’'
