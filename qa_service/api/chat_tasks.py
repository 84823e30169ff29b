"""Chores that Open WebUI sends as chat messages ("### Task: …"): answered shortly, never taken for questions."""

import json
import re

MAX_TITLE_WORDS = 8
_OUTPUT = re.compile(r"###\s*Output:.*?\"(title|tags|follow_ups|queries|text|prompt)\"\s*:", re.DOTALL)
_FIRST_QUESTION = re.compile(r"<chat_history>.*?USER:\s*(.+?)\s*(?:\n(?:ASSISTANT|USER):|</chat_history>)", re.DOTALL)
_EMPTY: dict[str, object] = {"tags": [], "follow_ups": [], "queries": [], "text": "", "prompt": ""}


def chore_answer(message: str) -> str | None:
    """The JSON such a message asks for, empty but for a title; None for a message that is no chore."""
    if not message.lstrip().startswith("### Task:"):
        return None
    wanted = _OUTPUT.search(message)
    if wanted is None:
        return None
    key = wanted.group(1)
    return json.dumps({key: _title(message) if key == "title" else _EMPTY[key]})


def _title(message: str) -> str:
    asked = _FIRST_QUESTION.search(message)
    words = asked.group(1).split() if asked else []
    return " ".join(words[:MAX_TITLE_WORDS]) + (" …" if len(words) > MAX_TITLE_WORDS else "") or "Question"
