"""What the values of a filter mean: the people and the tags that fit what was typed, in whatever store."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from qa_service.indexing.names import Names

PEOPLE_KEYS = ("speaker", "asker")


class FilterValues:
    """Of one index; the people and tags are read when they are first needed."""

    def __init__(
        self, people: Callable[[str], Iterable[str]], tags: Callable[[], Iterable[tuple[str, Iterable[str]]]]
    ) -> None:
        """`people`: the names of each `speaker` or `asker`, most statements first. `tags`: of each document, by id."""
        self._names_of, self._tags_of = people, tags

    def fitting(self, key: str, typed: str) -> list[str]:
        """The names of each `speaker` or `asker` that what was typed is, or is a part of."""
        return self._people[key].fitting(typed)

    def meant(self, key: str, values: Iterable[str]) -> set[str]:
        """Of `speaker` and `asker` the names, of `tags` the documents, of `document` the values themselves."""
        if key == "tags":
            return {document for value in values for document in self._tagged.get(_plain(value), ("", set()))[1]}
        if key not in PEOPLE_KEYS:
            return set(values)
        return {name for value in values for name in self._people[key].fitting(value)}

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """By `speaker`, `asker` and `tags`, where a value fits nobody's name and no document's tag: those there are."""
        found = {
            key: list(self._names_of(key))
            for key in PEOPLE_KEYS
            if filters.get(key) and not all(self._people[key].fitting(value) for value in filters[key])
        }
        if not all(_plain(tag) in self._tagged for tag in filters.get("tags", ())):
            found["tags"] = [tag for tag, _ in self._tagged.values()]
        return found

    @cached_property
    def _people(self) -> dict[str, Names]:
        return {key: Names(self._names_of(key)) for key in PEOPLE_KEYS}

    @cached_property
    def _tagged(self) -> dict[str, tuple[str, set[str]]]:
        """By tag without regard to case: as the first document writes it, and the documents; most documents first."""
        tagged: dict[str, tuple[str, set[str]]] = {}
        for document, tags in self._tags_of():
            for tag in tags:
                tagged.setdefault(_plain(tag), (tag, set()))[1].add(document)
        return dict(sorted(tagged.items(), key=lambda one: (-len(one[1][1]), one[0])))


def _plain(tag: str) -> str:
    return unicodedata.normalize("NFC", tag.strip()).casefold()
