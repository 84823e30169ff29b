"""What bold type tells: names in front of what they say, questions of an interview without names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa_service.sources.formats.page_block import Block
from qa_service.sources.heads import read_head

FEWEST = 2  # blocks that open with a name in bold, before it is one
FEWEST_QUESTIONS = 3
ASKING = 0.6  # of the bold blocks, that are questions in an interview
NAME_WORDS = 7
_COLON = re.compile(r"[^\s:：][^:：\n]{0,60}[:：]|[QA][.)\s]")


def label_bold_names(blocks: Sequence[Block]) -> list[Block]:
    """A colon behind each name in bold that has none, so that it reads as the label it is."""
    leads = [_lead(block) for block in blocks]
    alone = [
        _name(block.text) if block.strong and i + 1 < len(blocks) and not blocks[i + 1].strong else None
        for i, block in enumerate(blocks)
    ]
    found = leads if _are_labels(leads) else alone if _are_labels(alone) else []
    labelled = list(blocks)
    for i, name in enumerate(found):
        if name is not None:
            rest = blocks[i].text[len(name) :].lstrip(" \t")
            between = "" if not rest else "\n" if rest.startswith("\n") else " "
            labelled[i] = replace(blocks[i], text=f"{name.rstrip()}:{between}{rest.lstrip()}", lead=0)
    return labelled


def _lead(block: Block) -> str | None:
    """The bold name at a paragraph's start, as printed."""
    if block.strong or not 0 < block.lead < len(block.text):
        return None
    return _name(block.text[: block.lead])


def _name(text: str) -> str | None:
    name = text.strip()
    if not name or name[-1] in ".:?!,;：。" or "\n" in name or len(name.split()) > NAME_WORDS or name[0].islower():
        return None
    return text.rstrip() if read_head(name) is not None else None


def _are_labels(names: Sequence[str | None]) -> bool:
    """Whether they come again, as speakers do and words that are stressed do not."""
    counts = Counter(name.strip() for name in names if name is not None)
    again = sum(count for count in counts.values() if count > 1)
    return again >= FEWEST and again * 2 >= counts.total()


def is_interview(blocks: Sequence[Block]) -> bool:
    """Whether bold blocks ask and the others answer, and none is labelled."""
    strong = [block for block in blocks if block.strong]
    questions = [block for block in strong if block.text.rstrip().endswith("?")]
    answered = sum(one.strong and not other.strong for one, other in pairwise(blocks))
    labelled = sum(_COLON.match(block.text) is not None for block in blocks)
    return (
        len(questions) >= FEWEST_QUESTIONS
        and len(questions) >= ASKING * len(strong)
        and answered >= ASKING * len(questions)
        and labelled * 4 < len(blocks)
    )
