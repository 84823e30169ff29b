"""Terms in several scripts, and BM25 against its formula."""

import math
from pathlib import Path

import numpy as np
import pytest

from qa_service.errors import IndexDamagedError
from qa_service.indexing.analysis import terms
from qa_service.indexing.lexical import K1, B, LexicalIndex


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Banks' LENDING, to banks", "en", ["bank", "lend", "to", "bank"]),
        ("5G and 1,000 or 3.5 percent", "en", ["5g", "and", "1,000", "or", "3.5", "percent"]),
        ("数字经济 2023", "zh", ["数字", "字经", "经济", "2023"]),
        ("Ⅷ ﬁrms", "xx", ["viii", "firms"]),
        ("Предприятия растут", "ru", ["предприят", "растут"]),
        ("!?", "en", []),
    ],
)
def test_terms(text: str, language: str, expected: list[str]) -> None:
    assert terms(text, language) == expected


def test_scores_are_bm25_as_lucene_computes_it() -> None:
    index = LexicalIndex.build(["loan loan bank", "bank rate"], ["en", "en"])
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    frequency = 2 / (2 + K1 * (1 - B + B * 3 / 2.5))
    np.testing.assert_allclose(index.scores(index.terms("loans?")), [idf * frequency, 0], rtol=1e-5)


def test_question_without_a_known_term_scores_nothing() -> None:
    index = LexicalIndex.build(["loan"], ["en"])
    assert index.scores(index.terms("zebra !")).tolist() == [0.0]


def test_saved_index_scores_the_same_and_a_broken_one_says_what_to_do(tmp_path: Path) -> None:
    index = LexicalIndex.build(["loan bank", "rate 经济"], ["en", "zh"])
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert len(loaded) == 2
    for question in ("loans", "经济", "rate"):
        np.testing.assert_allclose(loaded.scores(loaded.terms(question)), index.scores(index.terms(question)))
    (tmp_path / "lexical" / "languages.json").unlink()
    with pytest.raises(IndexDamagedError, match="qa-service build"):
        LexicalIndex.load(tmp_path / "lexical")
