"""Chores that Open WebUI sends as chat messages ("### Task: …"): answered shortly, never taken for questions."""

import json
import re

from qa_service.answering import MAX_QUESTION

MAX_TITLE_WORDS = 8
_OUTPUT = re.compile(r"###\s*Output:")
_KEY = re.compile(r"\"(title|tags|follow_ups|queries|text|prompt)\"\s*:")
_END = re.compile(r"\n(?:ASSISTANT|USER):|</chat_history>")
_EMPTY: dict[str, object] = {"tags": [], "follow_ups": [], "queries": [], "text": "", "prompt": ""}


def chore_answer(message: str) -> str | None:
    """The JSON such a message asks for, empty but for a title; None for a message that is no chore."""
    if not message.lstrip().startswith("### Task:"):
        return None
    output = _OUTPUT.search(message)
    wanted = _KEY.search(message, output.end()) if output else None
    if wanted is None:
        return None
    key = wanted.group(1)
    return json.dumps({key: _title(message) if key == "title" else _EMPTY[key]})


def _title(message: str) -> str:
    _, _, history = message.partition("<chat_history>")
    _, _, asked = history.partition("USER:")
    words = _END.split(asked[:MAX_QUESTION], maxsplit=1)[0].split()
    return " ".join(words[:MAX_TITLE_WORDS]) + (" …" if len(words) > MAX_TITLE_WORDS else "") or "Question"
