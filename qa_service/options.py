"""How a question may be asked: the options with their bounds, checked for every interface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from qa_service.dates import range_of
from qa_service.errors import BadRequestError
from qa_service.indexing.filters import FILTER_KEYS

MAX_QUESTION = 2000
MAX_TOP_K = 100  # evaluators compare a hundred
MAX_CONTEXT = 5
MAX_BATCH = 256
MAX_BATCH_STATEMENTS = 20_000  # that the answers of a batch may hold, neighbours counted
MAX_FILTER_VALUES = 1000
MAX_FILTER_VALUE = 500  # characters; ids of documents have 200 at most

Order = Literal["relevance", "newest", "oldest"]
GroupBy = Literal["document"]
ORDERS: tuple[str, ...] = get_args(Order)
GROUPS: tuple[str, ...] = get_args(GroupBy)


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer. `min_confidence` None means the index's own threshold, 0 never abstains, 1 always does.

    Of `filters`, `date` is a first and a last day. `order` is of the `top_k` best by relevance; `group_by` the document
    gives the best of each, and so many documents.
    """

    top_k: int = 5
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_confidence: float | None = None
    context: int = 0
    explain: bool = False
    order: Order = "relevance"
    group_by: GroupBy | None = None


def check_question(question: str) -> str:
    """The question without white space around it. Raises BadRequestError when empty or too long."""
    text = question.strip()
    if not text:
        raise BadRequestError("the question is empty; ask in words", param="question")
    if not _is_encodable(text):
        raise BadRequestError("the question holds half a surrogate pair; send valid Unicode", param="question")
    if len(text) > MAX_QUESTION:
        message = f"the question has {len(text)} characters; at most {MAX_QUESTION} are allowed, so shorten it"
        raise BadRequestError(message, param="question")
    return text


def check_options(options: Options) -> None:
    """Raises BadRequestError for an option outside its bounds."""
    if not 1 <= options.top_k <= MAX_TOP_K:
        raise BadRequestError(f"top_k is {options.top_k}; it must be 1 to {MAX_TOP_K}", param="top_k")
    if not 0 <= options.context <= MAX_CONTEXT:
        raise BadRequestError(f"context is {options.context}; it must be 0 to {MAX_CONTEXT}", param="context")
    if options.min_confidence is not None and not 0 <= options.min_confidence <= 1:
        raise BadRequestError("min_confidence must be 0 to 1, or null for the default", param="min_confidence")
    for name, value, known in (("order", options.order, ORDERS), ("group_by", options.group_by, (None, *GROUPS))):
        if value not in known:
            taken = ", ".join(filter(None, known))
            raise BadRequestError(f"unknown {name} {value!r}; it may be {taken}", param=name)
    _check_filters(options.filters)


def _check_filters(filters: Mapping[str, Sequence[str]]) -> None:
    unknown = sorted(set(filters) - set(FILTER_KEYS))
    if unknown:
        message = f"unknown filter {unknown[0]!r}; filters are {', '.join(FILTER_KEYS)}"
        raise BadRequestError(message, param=f"filters.{unknown[0]}")
    for key, values in filters.items():
        if len(values) > MAX_FILTER_VALUES:
            message = f"the filter has {len(values)} values; at most {MAX_FILTER_VALUES} are allowed"
            raise BadRequestError(message, param=f"filters.{key}")
        longest = max(map(len, values), default=0)
        if longest > MAX_FILTER_VALUE:
            message = f"a value of the filter has {longest} characters; at most {MAX_FILTER_VALUE} are allowed"
            raise BadRequestError(message, param=f"filters.{key}")
        if not all(_is_encodable(value) for value in values):
            message = "a value of the filter holds half a surrogate pair; send valid Unicode"
            raise BadRequestError(message, param=f"filters.{key}")
    days = filters.get("date") or []
    if days and (len(days) != 2 or date_filter(*days)["date"] != list(days)):
        raise BadRequestError("the date must be a first and a last day", param="filters.date")


def date_filter(start: str | None, end: str | None) -> dict[str, list[str]]:
    """The filter for documents from one date to another, both included; none where neither is given.

    Raises BadRequestError.
    """
    if start is None and end is None:
        return {}
    try:
        return {"date": range_of(start, end)}
    except ValueError as error:
        raise BadRequestError(str(error), param="date") from error


def check_batch(questions: Sequence[str], options: Options) -> None:
    """Raises BadRequestError when the answers of a batch could hold too much to be sent at once."""
    statements = len(questions) * options.top_k * (1 + 2 * options.context)
    if statements > MAX_BATCH_STATEMENTS:
        message = (
            f"the answers could hold {statements} statements; at most {MAX_BATCH_STATEMENTS} are allowed, so ask fewer "
            "questions at once, or with a smaller top_k or context"
        )
        raise BadRequestError(message, param="questions")


def _is_encodable(text: str) -> bool:
    """Whether UTF-8 can hold it; a lone surrogate, which JSON can spell, it can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
