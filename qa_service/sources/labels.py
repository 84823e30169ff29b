"""Learns from a whole text which of its lines open with a speaker's label, whatever the labels look like.

What recurs where turns begin is a label. A name that comes once counts where its form is one of the text's forms.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa_service.sources.doubtful_labels import drop_chance_names, drop_header_blocks
from qa_service.sources.evidence import CASELESS, CODE, Evidence, says_role
from qa_service.sources.heads import Head
from qa_service.sources.openings import Opening
from qa_service.sources.roles import (
    is_capitalised,
    is_caseless,
    is_nothing,
    is_numbered,
    is_shouted,
    is_unnamed,
    role_of,
)
from qa_service.sources.words import ASKERS, PAIRS, QUESTIONED

CASELESS_ONCE = 8  # characters of a name in a script without capitals that comes once, such as 金壮龙
MOST_ROLE_WORDS = 3  # of a label that its words make one, or that knows no capitals
MOST_CODE_WORDS = 2
OFTEN = 4  # lines, from which a name need not look like one
MOST_WORDS = 5  # of a name before a time code alone on its line, capitals or not
_UNPARTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SURE_ONCE = {"alone-bracket", "bracket-other", "marked", "tab"}  # forms in which a name may come once


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker label: the name as printed but for NFC, and where on the line the words behind it begin."""

    name: str
    role: str | None
    text_from: int
    form: str
    says: str | None  # what its words tell, see `role_of`; None: a mere name
    examines: bool = False  # `BY MR. LUND:`, which says who asks from here on
    of_a_party: bool = False


def learn_labels(
    lines: Sequence[str], apart: Sequence[bool], known: Collection[str] = ()
) -> tuple[list[Label | None], str | None]:
    """The label of each line, and how lines seem to begin that were not believed.

    `apart`: whether a blank line stands before each. `known`: names the metadata gives.
    """
    evidence = Evidence(lines, apart, known)
    chosen = [next((o for o in found if _is_label(evidence, o, i)), None) for i, found in enumerate(evidence.openings)]
    drop_header_blocks(evidence, chosen)
    drop_chance_names(evidence, chosen)
    return [_label(evidence, one) if one else None for one in chosen], evidence.unbelieved()


def _is_label(evidence: Evidence, one: Opening, line: int) -> bool:
    head = one.head
    if one.form == "letter":
        return head.name in evidence.pair
    if evidence.known_name(head):
        return one.form in evidence.forms or one.form.startswith(("alone", "bracket", "bold"))
    if is_nothing(head) and head.key not in ASKERS:
        return False
    if one.form == "colon":
        return not evidence.is_heading(one, line) and _is_before_colon(evidence, one, line)
    return _is_told_by_words(evidence, one) or (one.form in evidence.forms and _is_of_its_form(evidence, one))


def _is_told_by_words(evidence: Evidence, one: Opening) -> bool:
    """Whether its words make it a label though its form may not be the text's: `Reporter` alone, `Pregunta. `."""
    head = one.head
    if one.form in {"alone-asked", "asked"}:
        return is_capitalised(head.name)
    if one.form.startswith("alone"):
        return len(head.words) <= MOST_ROLE_WORDS and (says_role(head) or is_unnamed(head))
    return one.form == "stop" and says_role(head) and len(evidence.pair) > 1


def _is_of_its_form(evidence: Evidence, one: Opening) -> bool:
    """Whether it may be a name in a form that the text is believed to use."""
    head, count = one.head, evidence.count(one)
    if one.form == "alone-time":
        return evidence.plausible(head) or len(head.name.split()) <= MOST_WORDS
    if one.form in {"stop", "stop-dash"}:
        return evidence.plausible(head)
    once = one.form == "timed" and " " in head.name
    once |= says_role(head) or is_numbered(head) or is_unnamed(head) or one.form in _SURE_ONCE
    return (count > 1 or once) and (evidence.plausible(head) or count >= OFTEN)


def _is_before_colon(evidence: Evidence, one: Opening, line: int) -> bool:
    head, count = one.head, evidence.count(one)
    if (code := _is_code(evidence, head, count)) is not None:
        return code
    if says_role(head) or is_unnamed(head):
        return head.key not in QUESTIONED or count > 1  # `Witness: Dr Ada Lund, director` tells of the text
    if is_caseless(head.name):
        return _is_caseless_label(head, count)
    if evidence.colon_is_chance:
        return False
    if not is_capitalised(head.name):
        return count >= OFTEN - 1 and len(head.name.split()) <= MOST_ROLE_WORDS
    if count > 1 or head.bracketed:
        return True
    if head.loose and not is_shouted(head.name) and not all(map(is_capitalised, (head.name, *head.roles))):
        return False
    words_behind = evidence.lines[line][one.text_from :]
    return not words_behind[:1].islower() and (not evidence.pair or is_shouted(head.name))


def _is_code(evidence: Evidence, head: Head, count: int) -> bool | None:
    """Whether a letter or a word with a number is a label; None for other names."""
    if head.name.upper() in evidence.pair:
        return True
    if len(head.name) == 1 and not is_caseless(head.name):
        return count > 1
    if is_numbered(head):  # said once, "Take client 2: …" begins a sentence
        return len(head.name.split()) <= MOST_CODE_WORDS or count > 1 or bool(head.roles)
    if CODE.fullmatch(head.name):  # a participant's: P3
        return count > 1 or evidence.coded
    return False if head.name[-1].isdecimal() and role_of(head) is None else None


def _is_caseless_label(head: Head, count: int) -> bool:
    """Whether a name in a script without capitals may be a label: a short one, where spaces part no words."""
    if " " in head.name and not _UNPARTED.search(head.name):
        return count > 1 or len(head.name.split()) <= MOST_ROLE_WORDS
    return len(head.name) <= CASELESS if count > 1 else len(head.name) <= CASELESS_ONCE and " " not in head.name


def _label(evidence: Evidence, one: Opening) -> Label:
    head = one.head
    says = role_of(head)
    if head.name.upper() in evidence.pair:
        says = "answers" if len(evidence.pair) > 1 and _answers(head.name.upper(), evidence.pair) else "asks"
    examines = one.form == "colon" and head.words[:1] == ["by"] and len(head.words) > 1
    known = evidence.known_name(head)
    name = head.name[3:].strip() if examines else known or head.name
    role = None if known and known != head.name else ", ".join(head.roles) or None
    return Label(name, role, one.text_from, one.form, says, examines, head.of_a_party)


def _answers(letter: str, pair: frozenset[str]) -> bool:
    return any(frozenset(known) == pair and letter == known[1] for known in PAIRS)
