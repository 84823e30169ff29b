"""The BM25 index: build, score, save, load. The only file that knows bm25s."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError
from qa_service.indexing.analysis import terms

K1, B = 1.2, 0.75  # Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"
_LANGUAGES = "languages.json"


@dataclass(frozen=True, slots=True)
class TermCoverage:
    """Which of a question's terms stand in which statement: `present` (c, t) for `terms` (t) of weight `idf` (t,)."""

    terms: list[str]
    idf: NDArray[np.float32]
    present: NDArray[np.bool_]


class LexicalIndex:
    """BM25 (Lucene's variant) over the statements' terms, by row."""

    def __init__(self, index: bm25s.BM25, languages: Sequence[str]) -> None:
        self._index = index
        self._languages = tuple(languages)
        parts = (index.scores[name] for name in ("data", "indices", "indptr"))
        self._data, self._rows, self._starts = (np.asarray(part) for part in parts)  # plain views of what is mapped

    @classmethod
    def build(cls, texts: Sequence[str], languages: Sequence[str]) -> "LexicalIndex":
        """From the statements' texts and the language of each; row i is statement i."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # the library sets it to DEBUG
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        analysed = [terms(text, language) for text, language in zip(texts, languages, strict=True)]
        index.index(analysed, show_progress=False)
        return cls(index, sorted(set(languages)))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Map a saved index. Raises IndexDamagedError when it can't be read."""
        try:
            languages = json.loads((folder / _LANGUAGES).read_text(encoding="utf-8"))
            return cls(bm25s.BM25.load(str(folder), mmap=True), languages)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamagedError(f"{folder} can't be read ({error}); rebuild with: qa-service build") from error

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        self._index.save(str(folder), show_progress=False)
        (folder / _LANGUAGES).write_text(json.dumps(self._languages), encoding="utf-8")

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def terms(self, question: str) -> list[str]:
        """The different terms of a question, by every language of the index, sorted."""
        return sorted({term for language in self._languages for term in terms(question, language)})

    def scores(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """(n,) BM25 score of every statement for the terms `asked`, 0 where none is shared."""
        scores = np.zeros(len(self), dtype=np.float32)
        for term in asked:
            postings = self._postings(term)
            scores[self._rows[postings]] += self._data[postings]  # a term lists a statement once
        return scores

    def coverage(self, asked: list[str], rows: NDArray[np.int64]) -> TermCoverage:
        """Which of the terms `asked` stand in which of `rows`; one that no statement holds has the highest idf."""
        present = np.zeros((len(rows), len(asked)), dtype=bool)
        frequencies = np.zeros(len(asked))
        for place, term in enumerate(asked):
            holders = self._rows[self._postings(term)]
            frequencies[place] = len(holders)
            if len(holders):
                present[:, place] = holders.take(np.searchsorted(holders, rows), mode="clip") == rows
        idf = np.log(1 + (len(self) - frequencies + 0.5) / (frequencies + 0.5))
        return TermCoverage(asked, idf.astype(np.float32), present)

    def _postings(self, term: str) -> slice:
        """Where the statements that hold a term are listed, in order of row; empty for an unknown term."""
        number = self._index.vocab_dict.get(term)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))
