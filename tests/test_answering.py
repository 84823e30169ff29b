"""What every interface gets: bounds, filters, abstention, context, and quotes that are verbatim."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from qa_service.answering import (
    ELSEWHERE,
    MAX_CONTEXT,
    MAX_FILTER_VALUE,
    MAX_FILTER_VALUES,
    MAX_QUESTION,
    MAX_TOP_K,
    Answer,
    AnswerService,
    Options,
    date_filter,
    in_order,
)
from qa_service.errors import BadRequestError, NotFoundError
from qa_service.language.profile import Coverage
from qa_service.options import Order
from qa_service.retrieval.retriever import Retriever
from tests import fakes

SOURCES = {"apples": fakes.APPLES, "trams": fakes.TRAMS}
ALWAYS = 0.0  # min_confidence that never abstains


def ids(answer: Answer) -> list[str]:
    """The ids of the statements that answer, best first."""
    return [result.statement.id for result in answer.results]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Where do they stop: hospital, university?", "trams#3"),
        ("Which harbour levy covers wages?", "trams#5"),
        ("Is cider dearer, its price?", "apples#4"),
        ("Half of the apples withered 🍎", "apples#2"),
    ],
)
def test_the_statement_that_shares_the_words_comes_first(service: AnswerService, question: str, best: str) -> None:
    assert ids(service.ask(question, Options(min_confidence=ALWAYS)))[0] == best


def test_results_come_best_first_and_each_once(service: AnswerService) -> None:
    answer = service.ask("harbour levy wages", Options(min_confidence=ALWAYS, top_k=6))
    scores = [result.hit.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    assert len(set(ids(answer))) == len(ids(answer)) == 6


def test_the_same_question_gets_the_same_answer(service: AnswerService) -> None:
    options = Options(min_confidence=ALWAYS)
    first, again = (service.ask("harbour levy wages", options).results for _ in range(2))
    assert first == again


def test_text_and_span_are_cuts_of_the_source(service: AnswerService) -> None:
    for question in ("Half of the apples withered", "pears instead 🍎 Cafe\u0301", "twenty on Saturdays", "?"):
        for result in service.ask(question, Options(min_confidence=ALWAYS, top_k=50)).results:
            statement, span = result.statement, result.hit.span
            assert SOURCES[statement.document][statement.start : statement.end] == statement.text
            assert statement.text[span.start : span.end] == span.text != ""


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("What did Bo Strand say about the harbour levy and wages?", {"Bo Strand"}),
        ("According to Ada Lund, where do they stop: hospital, university?", {"Ada Lund"}),
        ("How does Ms Lund see the harbour levy?", {"Ada Lund"}),
    ],
)
def test_a_question_that_names_who_is_asked_gets_that_ones_statements(
    service: AnswerService, question: str, speakers: set[str]
) -> None:
    answer = service.ask(question, Options(min_confidence=ALWAYS))
    assert {result.statement.speaker for result in answer.results} == speakers
    assert (answer.question, answer.corrected_question) == (question, None)


def test_a_batch_mixes_questions_with_and_without_a_name_in_order(service: AnswerService) -> None:
    named, plain = "According to Bo Strand, which harbour levy covers wages?", "Which harbour levy covers wages?"
    first, second, third = service.ask_batch([named, plain, named], Options(min_confidence=ALWAYS))
    assert ids(first) == ids(third) == ["trams#5"]
    assert ids(second) == ids(service.ask(plain, Options(min_confidence=ALWAYS)))


def test_a_name_that_the_filters_leave_out_is_left_in_the_question(service: AnswerService) -> None:
    options = Options(filters={"speaker": ["Mira Oake"]}, min_confidence=ALWAYS)
    answer = service.ask("According to Bo Strand, which harbour levy covers wages?", options)
    assert {result.statement.speaker for result in answer.results} == {"Mira Oake"}


@pytest.mark.parametrize("top_k", [1, 3, 6])
def test_top_k_statements_come_back(service: AnswerService, top_k: int) -> None:
    assert len(service.ask("trams", Options(top_k=top_k, min_confidence=ALWAYS)).results) == top_k


@pytest.mark.parametrize(
    ("filters", "matching"),
    [
        ({"speaker": ["Ada Lund"]}, {"trams#2", "trams#3", "trams#6"}),
        ({"document": ["apples"]}, {"apples#2", "apples#4"}),
        ({"speaker": ["lund"]}, {"trams#2", "trams#3", "trams#6"}),
        ({"speaker": ["Ms. Ada LUND", "Nobody"]}, {"trams#2", "trams#3", "trams#6"}),
        ({"asker": ["the host"], "document": ["apples"]}, {"apples#2", "apples#4"}),
        ({"asker": ["Host"], "document": ["apples", "trams"]}, {"apples#2", "apples#4"}),
        ({"speaker": ["Bo Strand", "Mira Oake"], "document": ["trams"]}, {"trams#5"}),
    ],
)
def test_when_k_statements_match_a_filter_k_come_back(
    service: AnswerService, filters: dict[str, list[str]], matching: set[str]
) -> None:
    """Also when the others answer better: the filter is applied before ranking."""
    for question in ("Who covers wages with a harbour levy?", "Half of the apples withered"):
        answer = service.ask(question, Options(top_k=len(matching), filters=filters, min_confidence=ALWAYS))
        assert set(ids(answer)) == matching


def test_a_filter_that_matches_nothing_gives_no_results(service: AnswerService) -> None:
    answer = service.ask("harbour levy", Options(filters={"speaker": ["Nobody"]}, min_confidence=ALWAYS))
    assert (answer.answered, answer.results, answer.confidence) == (False, [], 0.0)
    assert answer.reason == "no_statement_matches_filters"


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"speaker": ["Nobody"]}, {"speaker"}),
        ({"speaker": ["Lund", "Nobody"], "asker": ["No one"]}, {"speaker", "asker"}),
        ({"speaker": ["Lund"], "document": ["no document"]}, set()),
        ({}, set()),
    ],
)
def test_where_a_value_fits_nobody_the_names_there_are_are_told(
    service: AnswerService, filters: dict[str, list[str]], keys: set[str]
) -> None:
    known = service.ask("harbour levy", Options(filters=filters)).known
    assert known.keys() == keys
    if "speaker" in known:
        assert known["speaker"] == list(service.speakers())


def test_zero_never_abstains_and_one_always_does(service: AnswerService) -> None:
    verbatim = "A harbour levy covers their wages. It was raised by two cents in March."
    unsaid = "Zebras juggle quartz"
    for question in (verbatim, unsaid):
        assert service.ask(question, Options(min_confidence=0.0)).answered
        refused = service.ask(question, Options(min_confidence=1.0))
        assert (refused.answered, refused.results, refused.reason) == (False, [], "no_confident_answer")


def test_what_was_said_is_answered_and_what_was_not_is_not(retriever: Retriever) -> None:
    service = AnswerService(retriever, "20")  # the fake encoder's tokens lose half of their length in the codec
    said = service.ask("A harbour levy covers their wages. It was raised by two cents in March.")
    assert said.answered
    assert said.reason is None
    assert ids(said)[0] == "trams#5"
    unsaid = service.ask("Zebras juggle quartz")
    assert (unsaid.answered, unsaid.results, unsaid.reason) == (False, [], "no_confident_answer")
    assert 0 <= unsaid.confidence < said.confidence < 1


def test_context_adds_the_neighbours_in_reading_order(service: AnswerService) -> None:
    question = "A harbour levy covers their wages"
    result = service.ask(question, Options(min_confidence=ALWAYS, context=2)).results[0]
    assert [s.id for s in result.before] == ["trams#2", "trams#3"]
    assert [s.id for s in result.after] == ["trams#6"]
    bare = service.ask(question, Options(min_confidence=ALWAYS)).results[0]
    assert (bare.before, bare.after) == ([], [])


def test_a_batch_answers_in_order(service: AnswerService) -> None:
    questions = ["harbour levy wages", "apples withered", "cider price"] * 20
    answers = service.ask_batch(questions, Options(min_confidence=ALWAYS))
    assert [answer.question for answer in answers] == questions
    assert [ids(answer)[0] for answer in answers] == ["trams#5", "apples#2", "apples#4"] * 20


def test_a_batch_says_what_single_questions_say(service: AnswerService) -> None:
    questions = ["harbour levy wages", "Zebras juggle quartz", "?"]
    options = Options(min_confidence=ALWAYS)
    for question, answer in zip(questions, service.ask_batch(questions, options), strict=True):
        single = service.ask(question, options)
        assert ids(answer) == ids(single)
        assert answer.confidence == pytest.approx(single.confidence)


def test_a_misspelt_question_is_answered_as_the_right_one(service: AnswerService) -> None:
    never = Options(min_confidence=0)
    right, wrong = service.ask_batch(["who pays the drivers", "who pays the drivrs"], never)
    assert (right.corrected_question, wrong.corrected_question) == (None, "who pays the drivers")
    assert wrong.question == "who pays the drivrs"
    assert (wrong.confidence, wrong.results) == (right.confidence, right.results)
    without_any = service.ask("who pays the drivrs", Options(filters={"speaker": ["Nobody"]}))
    assert (without_any.results, without_any.corrected_question) == ([], "who pays the drivers")


@pytest.mark.parametrize("question", ["", " \n\t ", "x" * (MAX_QUESTION + 1), "half a pair: \ud800"])
def test_a_question_outside_its_bounds_is_refused(service: AnswerService, question: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        service.ask(question)
    assert refused.value.param == "question"


def test_white_space_around_a_question_does_not_count(service: AnswerService) -> None:
    asked = "x" * MAX_QUESTION
    assert service.ask(f"  {asked}\n").question == asked


@pytest.mark.parametrize(
    ("options", "param"),
    [
        (Options(top_k=0), "top_k"),
        (Options(top_k=MAX_TOP_K + 1), "top_k"),
        (Options(context=-1), "context"),
        (Options(context=MAX_CONTEXT + 1), "context"),
        (Options(min_confidence=-0.1), "min_confidence"),
        (Options(min_confidence=1.1), "min_confidence"),
        (Options(min_confidence=float("nan")), "min_confidence"),
        (Options(filters={"party": ["Greens"]}), "filters.party"),
        (Options(filters={"speaker": ["a"] * (MAX_FILTER_VALUES + 1)}), "filters.speaker"),
        (Options(filters={"speaker": ["a", "a" * (MAX_FILTER_VALUE + 1)]}), "filters.speaker"),
        (Options(filters={"asker": ["Host", "\ud800"]}), "filters.asker"),
    ],
)
def test_an_option_outside_its_bounds_is_refused_by_name(service: AnswerService, options: Options, param: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        service.ask("trams", options)
    assert refused.value.param == param


@pytest.mark.parametrize(
    "options",
    [
        Options(top_k=MAX_TOP_K),
        Options(context=MAX_CONTEXT),
        Options(min_confidence=ALWAYS),
        Options(filters={key: ["a"] * MAX_FILTER_VALUES for key in ("document", "speaker", "asker")}),
    ],
)
def test_bounds_are_inclusive(service: AnswerService, options: Options) -> None:
    service.ask("trams", options)


def test_documents_and_statements_are_found_by_id(service: AnswerService) -> None:
    assert [document.id for document in service.documents()] == ["apples", "trams"]
    document, exchanges = service.document("trams")
    assert (document.statements, len(exchanges)) == (4, 2)
    found = service.statement("trams#3", context=1)
    assert found.statement.text == "They stop at the harbour, the hospital and the university."
    assert ([s.id for s in found.before], [s.id for s in found.after]) == (["trams#2"], ["trams#5"])
    assert found.document is document


def test_unknown_ids_are_not_found(service: AnswerService) -> None:
    with pytest.raises(NotFoundError, match="buses"):
        service.document("buses")
    with pytest.raises(NotFoundError, match="trams#4"):
        service.statement("trams#4")
    with pytest.raises(BadRequestError):
        service.statement("trams#3", context=MAX_CONTEXT + 1)


def test_the_service_says_which_index_and_model_it_answers_from(service: AnswerService) -> None:
    assert service.model == fakes.MODEL
    assert service.ask("trams").index_version == service.index_version != ""


@pytest.mark.parametrize(
    ("options", "param", "told"),
    [
        (Options(order="latest"), "order", "unknown order 'latest'; it may be relevance, newest, oldest"),  # type: ignore[arg-type]
        (Options(group_by="speaker"), "group_by", "unknown group_by 'speaker'; it may be document"),  # type: ignore[arg-type]
        (Options(filters={"date": ["2023"]}), "filters.date", "a first and a last day"),
        (Options(filters={"date": ["2023", "2024"]}), "filters.date", "a first and a last day"),
        (Options(filters={"date": ["soon", "2024"]}), "date", "'soon' is no date"),
        (Options(filters={"date": ["2024-01-01", "2023-01-01"]}), "date", "change them over"),
    ],
)
def test_an_order_a_group_or_a_date_that_is_none_is_refused(
    service: AnswerService, options: Options, param: str, told: str
) -> None:
    with pytest.raises(BadRequestError, match=told) as caught:
        service.ask("trams", options)
    assert caught.value.param == param


def test_a_date_filter_is_a_first_and_a_last_day() -> None:
    assert date_filter(None, None) == {}
    assert date_filter("2023", "2024-02") == {"date": ["2023-01-01", "2024-02-29"]}


DATES = ["2023", None, "2024-05", "2023-01-01", "2022-12-31", None, "2023-06"]


@pytest.mark.parametrize(
    ("order", "places"),
    [("relevance", range(7)), ("oldest", [4, 0, 3, 6, 2, 1, 5]), ("newest", [2, 6, 0, 3, 4, 1, 5])],
)
def test_results_are_in_order_of_date_those_of_one_day_by_relevance_and_undated_ones_last(
    service: AnswerService, order: Order, places: Sequence[int]
) -> None:
    result = service.ask("trams", Options(min_confidence=ALWAYS)).results[0]
    results = [replace(result, document=replace(result.document, id=str(n), date=d)) for n, d in enumerate(DATES)]
    assert [int(found.document.id) for found in in_order(results, order)] == list(places)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Over an English transcript and a German one."""
    root = tmp_path_factory.mktemp("mixed")
    fakes.build_index(root, [fakes.transcript("bahnen", fakes.BAHNEN), fakes.transcript("trams", fakes.TRAMS)])
    with fakes.opened(root) as retriever:
        yield retriever


READILY = 0.3
GERMAN_LEVY = "Welche Abgabe im Hafen deckt ihre Löhne?"
ENGLISH_LEVY = "A harbour levy covers their wages?"


def readily(retriever: Retriever, languages: str = "en") -> AnswerService:
    """A service that answers from .3 on where it knows the language, whatever the packaged threshold is."""
    service = AnswerService(retriever, coverage=Coverage.parse(languages))
    service._threshold = READILY
    return service


def test_more_confidence_is_needed_in_a_language_the_model_does_not_know(mixed: Retriever) -> None:
    refused = readily(mixed).ask(GERMAN_LEVY)
    assert READILY <= refused.confidence < ELSEWHERE
    assert (refused.answered, refused.reason, refused.results) == (False, "language_not_covered", [])
    assert refused.language_note == "The question seems to be in German; this service knows English."
    known = readily(mixed, "en,de").ask(GERMAN_LEVY)
    assert (ids(known)[0], known.confidence, known.language_note) == ("bahnen#4", refused.confidence, None)
    assert readily(mixed, "*").ask(GERMAN_LEVY).answered


def test_what_is_known_is_answered_as_before(mixed: Retriever) -> None:
    answer = readily(mixed).ask(ENGLISH_LEVY)
    assert ids(answer)[0] == "trams#5"
    least = {result.statement.document: result.least for result in answer.results}
    assert least == {"trams": READILY, "bahnen": ELSEWHERE}


def test_an_english_question_that_fits_a_german_statement_best_needs_more_confidence_too(mixed: Retriever) -> None:
    question = "Depot Mitternacht Samstag?"  # counts as English
    refused = readily(mixed).ask(question)
    assert (refused.answered, refused.reason) == (False, "no_confident_answer")  # there are English documents too
    assert readily(mixed, "de,en").ask(question).answered
    only = readily(mixed).ask(question, Options(filters={"document": ["bahnen"]}))
    assert only.reason == "language_not_covered"
    assert only.language_note == "What was searched is in German; this service knows English."


def test_a_question_asked_word_for_word_is_answered_in_any_language(mixed: Retriever) -> None:
    answer = readily(mixed).ask("Wer bezahlt die Fahrer der Bahnen?")
    assert (answer.answered, ids(answer)[0]) == (True, "bahnen#4")


def test_a_requests_own_threshold_holds_in_every_language(mixed: Retriever) -> None:
    answer = readily(mixed).ask(GERMAN_LEVY, Options(min_confidence=READILY))
    assert answer.answered
    assert answer.results[0].least == ELSEWHERE


def test_where_the_filters_fit_nothing_the_language_is_not_the_reason(mixed: Retriever) -> None:
    answer = readily(mixed).ask(GERMAN_LEVY, Options(filters={"document": ["nothing"]}))
    assert (answer.reason, answer.language_note) == ("no_statement_matches_filters", None)


def test_documents_tell_whether_their_language_is_known(mixed: Retriever) -> None:
    told = {d.id: (d.language, d.language_covered, len(d.notes)) for d in readily(mixed).documents()}
    assert told == {"bahnen": ("de", False, 1), "trams": ("en", True, 0)}
    assert all(document.language_covered for document in readily(mixed, "de,en").documents())
