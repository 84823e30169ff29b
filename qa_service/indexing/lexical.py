"""The BM25 index: build, score, save, load. The only file that knows bm25s."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError
from qa_service.indexing.analysis import terms
from qa_service.indexing.arrays import map_array, save_array
from qa_service.indexing.coverage import TermCoverage as TermCoverage

K1, B = 1.2, 0.75  # Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"
POSTINGS = 100_000  # read in full for a question; beyond, its most frequent terms only score what the others found
REFINED = 10  # times as many statements as wanted, to which those terms are added
_TERMS, _POSTINGS = "terms.json", ("data.npy", "rows.npy", "starts.npy")


class LexicalIndex:
    """BM25 (Lucene's variant) over the statements' terms, by row.

    A term of number v in the `vocabulary` is held by `rows[starts[v] : starts[v + 1]]`, in order, for which it adds
    `data` of the same places to the score. `count`: of all statements.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        postings: tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]],
        count: int,
        languages: Sequence[str],
    ) -> None:
        """`postings`: `data`, `rows` and `starts`."""
        self._vocabulary, self._count, self._languages = vocabulary, count, tuple(languages)
        self._parts: Sequence[NDArray[Any]] = postings
        self._data, self._rows, self._starts = postings

    @classmethod
    def build(cls, texts: Sequence[str], languages: Sequence[str]) -> "LexicalIndex":
        """From the statements' texts and the language of each; row i is statement i."""
        import bm25s  # only builds need it, and it brings scipy: a seventh of the time that serving takes to start

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # the library sets it to DEBUG
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        analysed = [terms(text, language) for text, language in zip(texts, languages, strict=True)]
        index.index(analysed, show_progress=False)
        found = index.scores
        postings = (np.asarray(found["data"]), np.asarray(found["indices"]), np.asarray(found["indptr"]))
        return cls(index.vocab_dict, postings, len(texts), sorted(set(languages)))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Map a saved index. Raises IndexDamagedError when it can't be read or its parts disagree."""
        try:
            known = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
            data, rows, starts = (map_array(folder / name) for name in _POSTINGS)
            if not len(data) == len(rows) == int(starts[-1]):
                raise ValueError("lengths disagree")
            return cls(known["vocabulary"], (data, rows, starts), int(known["statements"]), known["languages"])
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise IndexDamagedError(f"{folder} can't be read ({error}); rebuild with: qa-service build") from error

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir()
        for name, part in zip(_POSTINGS, self._parts, strict=True):
            save_array(folder / name, part)
        known = {"languages": self._languages, "statements": self._count, "vocabulary": self._vocabulary}
        (folder / _TERMS).write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")

    def __len__(self) -> int:
        return self._count

    def terms(self, question: str) -> list[str]:
        """The different terms of a question, sorted: of each word the stems, by the index's languages, that it holds.

        Of a word that it doesn't hold it is one stem, or it would be missing as often as there are languages.
        """
        found: set[str] = set()
        for stems in zip(*(terms(question, language) for language in self._languages), strict=True):
            found.update({stem for stem in stems if stem in self._vocabulary} or stems[:1])
        return sorted(found)

    def scores(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """(n,) BM25 score of every statement for the terms `asked`, 0 where none is shared."""
        scores = np.zeros(len(self), dtype=np.float32)
        for term in asked:
            postings = self._postings(term)
            scores[self._rows[postings]] += self._data[postings]  # a term lists a statement once
        return scores

    def best(self, asked: Sequence[str], k: int, allowed: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """The at most `k` rows with the highest BM25 score above 0 among the `allowed` (None: all), in any order.

        Exact while the terms stand in `POSTINGS` statements in all. Beyond, the rarest terms that do find `REFINED`
        times k statements, and the others only decide among those: they say little and would cost most.
        """
        rare, frequent = self._by_frequency(asked)
        scores = self.scores(rare)
        wanted = REFINED * k if frequent else k
        if allowed is None:  # a statement is listed once for each term it holds, so this holds `wanted` different ones
            listed = np.concatenate([self._rows[self._postings(term)] for term in rare] or [np.empty(0, np.int64)])
            found = np.unique(_highest(listed, scores[listed], wanted * len(rare)))
        else:
            found = allowed[scores[allowed] > 0]
        found = _highest(found, scores[found], wanted)
        return _highest(found, self.coverage(asked, found).scores, k) if frequent else found

    def _by_frequency(self, asked: Sequence[str]) -> tuple[list[str], list[str]]:
        """The terms read in full, at least one, and the more frequent others."""
        counted = sorted(
            (postings.stop - postings.start, term) for term in asked for postings in [self._postings(term)]
        )
        total = 0
        rare: list[str] = []
        for count, term in counted:
            if total and total + count > POSTINGS:
                break
            total += count
            rare.append(term)
        return rare, [term for _, term in counted[len(rare) :]]

    def coverage(self, asked: Sequence[str], rows: NDArray[np.int64]) -> TermCoverage:
        """Which of the terms `asked` stand in which of `rows`; one that no statement holds has the highest idf."""
        present = np.zeros((len(rows), len(asked)), dtype=bool)
        scores = np.zeros(len(rows), dtype=np.float32)
        frequencies = np.zeros(len(asked))
        for place, term in enumerate(asked):
            postings = self._postings(term)
            holders = self._rows[postings]
            frequencies[place] = len(holders)
            if len(holders):
                places = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
                held = holders[places] == rows
                present[:, place] = held
                scores += self._data[postings][places] * held
        idf = np.log(1 + (len(self) - frequencies + 0.5) / (frequencies + 0.5))
        return TermCoverage(self._languages, list(asked), idf.astype(np.float32), present, scores)

    def _postings(self, term: str) -> slice:
        """Where the statements that hold a term are listed, in order of row; empty for an unknown term."""
        number = self._vocabulary.get(term)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))


def _highest(rows: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    return rows if len(rows) <= k else rows[np.argpartition(-scores, k)[:k]]
