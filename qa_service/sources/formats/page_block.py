"""A block of a laid-out document: a paragraph, or a row of a table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two breaks. `lead` counts the characters at its start that are bold."""

    text: str
    lead: int = 0
    strong: bool = False  # all of it is bold, or it is a heading
    heading: bool = False
    cells: tuple[str, ...] = ()
    table: int = 0  # which table a row is of, from 1
