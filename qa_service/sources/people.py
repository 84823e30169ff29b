"""One name for each person: capitals, surnames, initials, titles and offices are told from the names they stand for."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from qa_service.sources.roles import is_caseless

LONGEST_TITLE = 8  # characters in front of a name in a script without spaces


class Named(Protocol):
    """Whoever has a label."""

    name: str
    role: str | None

    @property
    def key(self) -> str:
        """What tells people apart."""


def name_alike(turns: Sequence[Named]) -> None:
    """Give a person one name: as first printed other than in capitals; in full where only the surname comes later."""
    names: dict[str, str] = {}
    for turn in turns:
        known = names.setdefault(turn.key, turn.name)
        if known.isupper() and not turn.name.isupper():
            names[turn.key] = turn.name
    full = _full_names(names) | _with_titles(names, Counter(turn.key for turn in turns))
    for turn in turns:
        roles = [part for part in (turn.role or "").split(", ") if part]
        person = next((part for part in roles if part.casefold() in names and part.casefold() != turn.key), None)
        if person:
            turn.role = ", ".join([names[turn.key], *(part for part in roles if part != person)])
            turn.name = names[person.casefold()]
        else:
            turn.name = names[full.get(turn.key, turn.key)]


def _full_names(names: Mapping[str, str]) -> dict[str, str]:
    """By a surname that stands alone, the one full name before it that ends with it."""
    by_surname: dict[str, set[str]] = defaultdict(set)
    order = {key: i for i, key in enumerate(names)}
    for key in names:
        if " " in key:
            by_surname[key.rsplit(" ", 1)[1]].add(key)
    alone = {key: by_surname[key] for key in names if " " not in key and len(by_surname.get(key, ())) == 1}
    found = {key: next(iter(whole)) for key, whole in alone.items()}
    return {key: whole for key, whole in found.items() if order[whole] < order[key]}


def _with_titles(names: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, str]:
    """By `发言人郑明远`, in a script without spaces, the `郑明远` that comes more often; by initials, the full name."""
    found: dict[str, str] = {}
    capitals: dict[str, list[str]] = defaultdict(list)
    for key, name in names.items():
        if " " in key and not name.isupper():
            capitals["".join(c for c in name if c.isupper())].append(key)
    for key, name in names.items():
        if is_caseless(name) and key[-1] in "问答問" and key[:-1] in names:
            found[key] = key[:-1]
        elif is_caseless(name):
            ends = [key[i:] for i in range(1, min(len(key) - 1, LONGEST_TITLE)) if counts.get(key[i:], 0) > counts[key]]
            if ends:
                found[key] = ends[0]
        elif name.endswith(".") and len(capitals.get(initials := "".join(c for c in name if c.isupper()), [])) == 1:
            found[key] = capitals[initials][0]
    return found


def roles_of(turns: Sequence[Named], told: Mapping[str, str], speakers: tuple[str, ...]) -> dict[str, str]:
    """By name what that person is: as `told` by the metadata, else as the first label with a role says.

    `speakers`: names as the metadata write them.
    """
    written = {name.casefold(): name for name in (*speakers, *told)}
    roles = dict(told)
    for turn in turns:
        if turn.name and turn.role:
            roles.setdefault(written.get(turn.key, turn.name), turn.role)
    return roles
