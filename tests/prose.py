"""Reads Markdown as a reader does."""

import re


def sentences(text: str) -> list[str]:
    """Sentences of the prose, without code, tables, headings and the targets of links."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    prose = "\n".join("" if line.startswith(("|", "#", "!", "<")) else line for line in text.splitlines())
    prose = re.sub(r"\]\([^)]*\)", "]", prose)
    parts = re.split(r"(?<=[.!?:;])\s+|\n\n+|\n *(?:- |\d+\. )", prose)
    return [part for part in parts if len(part.split()) > 2]
