"""Rankings of recent questions, so that a question asked again is not ranked again. It goes with its generation."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from qa_service.retrieval.retriever import Ranking, Retriever

OVERHEAD = 60  # characters that every text takes besides its own
LONGEST_KEY = 4000  # characters of a question and its filters; what has more is ranked anew, so that memory is bounded

Key = tuple[str, int, tuple[tuple[str, tuple[str, ...]], ...], bool, bool]


class RecentRankings:
    """A retriever that remembers the rankings asked for last. Use one per thread."""

    def __init__(self, retriever: Retriever, most: int) -> None:
        """`most` rankings are kept; 0 keeps none."""
        self._retriever = retriever
        self._most = most
        self._kept: OrderedDict[Key, Ranking] = OrderedDict()

    def rank(
        self,
        questions: Sequence[str],
        top_k: int,
        filters: Mapping[str, Sequence[str]],
        *,
        explain: bool = False,
        by_document: bool = False,
    ) -> list[Ranking]:
        """As `Retriever.rank`; only questions not asked lately with the same options are ranked anew."""
        values = [value for values in filters.values() for value in values]
        asked = sum(map(len, values)) + OVERHEAD * len(values) + max(map(len, questions), default=0)
        if not self._most or asked > LONGEST_KEY:
            return self._retriever.rank(questions, top_k, filters, explain=explain, by_document=by_document)
        chosen = tuple(sorted((key, tuple(values)) for key, values in filters.items()))
        keys: list[Key] = [(question, top_k, chosen, explain, by_document) for question in questions]
        known = {key: self._kept[key] for key in keys if key in self._kept}
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            texts = [key[0] for key in new]
            ranked = self._retriever.rank(texts, top_k, filters, explain=explain, by_document=by_document)
            known.update(zip(new, ranked, strict=True))
        for key in keys:
            self._kept[key] = known[key]
            self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return [known[key] for key in keys]
