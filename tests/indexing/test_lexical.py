"""Terms in several scripts, and BM25 against its formula."""

import math
from pathlib import Path

import numpy as np
import pytest

from qa_service.errors import IndexDamagedError
from qa_service.indexing import lexical
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
    np.save(tmp_path / "lexical" / "rows.npy", np.zeros(1, dtype=np.int64))
    with pytest.raises(IndexDamagedError, match=r"lengths disagree.*qa-service build"):
        LexicalIndex.load(tmp_path / "lexical")
    (tmp_path / "lexical" / "terms.json").unlink()
    with pytest.raises(IndexDamagedError, match="qa-service build"):
        LexicalIndex.load(tmp_path / "lexical")


def many(count: int) -> LexicalIndex:
    """Statements that all hold `the`, every third `levy`, and each its own number."""
    texts = [f"the word{n} {'levy' if n % 3 == 0 else ''}" for n in range(count)]
    return LexicalIndex.build(texts, ["xx"] * count)


def test_the_best_are_those_with_the_highest_scores() -> None:
    index = many(300)
    asked = index.terms("the levy word7 word9")
    scores = index.scores(asked)
    assert set(index.best(asked, 2).tolist()) == set(np.argsort(-scores)[:2].tolist()) == {7, 9}
    assert set(index.best(asked, 1000).tolist()) == set(range(300))


def test_only_allowed_rows_are_found() -> None:
    index = many(300)
    allowed = np.array([4, 7, 12], dtype=np.int64)
    assert sorted(index.best(index.terms("levy word7"), 10, allowed).tolist()) == [7, 12]


def test_frequent_terms_only_decide_among_what_rare_ones_found(monkeypatch: pytest.MonkeyPatch) -> None:
    index = many(300)
    asked = index.terms("the levy word7 word9")
    exact = index.scores(asked)
    monkeypatch.setattr(lexical, "POSTINGS", 10)
    assert sorted(index.best(asked, 5).tolist()) == [7, 9]
    assert index.best(asked, 1).tolist() == [int(np.argmax(exact))]
    monkeypatch.setattr(lexical, "POSTINGS", 1)
    assert len(index.best(index.terms("the"), 5)) == 5  # the only term there is is read however frequent it is


def test_scores_of_some_rows_are_those_of_all() -> None:
    index = many(300)
    asked = index.terms("levy the word7 unknown")
    rows = np.array([0, 7, 8, 299], dtype=np.int64)
    found = index.coverage(asked, rows)
    np.testing.assert_allclose(found.scores, index.scores(asked)[rows], rtol=1e-6)
    assert found.present[:, found.terms.index("levy")].tolist() == [True, False, False, False]


@pytest.mark.parametrize("order", [range(300), range(299, -1, -1)])
def test_all_rows_are_covered_as_each_alone(order: range) -> None:
    index = many(300)
    asked = index.terms("levy the word7 unknown")
    found = index.coverage(asked, np.array(order, dtype=np.int64))
    for place, row in enumerate(order):
        alone = index.coverage(asked, np.array([row], dtype=np.int64))
        assert found.present[place].tolist() == alone.present[0].tolist()
        assert found.scores[place] == alone.scores[0]
    assert found.idf.tolist() == alone.idf.tolist()


def test_another_language_takes_nothing_from_what_an_english_statement_shares() -> None:
    text, question = "The levies are collected quickly in Lindhaven", "who collects the levies in Nowhere"
    alone = LexicalIndex.build([text, "Nothing here"], ["en", "en"])
    beside = LexicalIndex.build([text, "Rien ici"], ["en", "fr"])
    shares = [index.coverage(index.terms(question), np.array([0])).shares[0] for index in (alone, beside)]
    assert shares[0] == pytest.approx(shares[1])
    assert len(beside.terms("Nowhere")) == 1


def test_shares_are_of_what_no_statement_can_exceed() -> None:
    index = many(300)
    rows = np.arange(300)
    found = index.coverage(index.terms("levy the word7 unknown"), rows)
    np.testing.assert_allclose(found.shares, found.scores / found.idf.sum(), rtol=1e-6)
    assert 0 < found.shares.max() < 1
    lone = LexicalIndex.build(["levy " * 500, "harbour"], ["en", "en"])
    assert 0.9 < lone.coverage(["levi"], np.arange(2)).shares[0] < 1  # the stem, held over and over
    assert lone.coverage([], np.arange(2)).shares.tolist() == [0, 0]


@pytest.mark.parametrize("k", [1, 5, 40, 500])
def test_the_best_have_the_scores_of_a_full_scan(k: int) -> None:
    random = np.random.default_rng(k)
    texts = [" ".join(random.choice(list("abcdefghij"), size=6)) for _ in range(200)]
    index = LexicalIndex.build(texts, ["xx"] * 200)
    for asked in (["a"], ["a", "b", "c"], ["j", "nowhere"], ["nowhere"], []):
        scores = index.scores(asked)
        found = index.best(asked, k)
        assert len(set(found.tolist())) == len(found) == min(k, int((scores > 0).sum()))
        np.testing.assert_array_equal(np.sort(scores[found]), np.sort(scores)[len(scores) - len(found) :])
