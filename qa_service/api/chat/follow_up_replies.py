"""Answers a follow-up on what a conversation has shown, and words the reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_service.answering import Answer, AnswerService
from qa_service.api.chat.follow_up_results import Brought, bring, topic
from qa_service.api.chat.follow_ups import FollowUp
from qa_service.api.chat.replies import ASK, Covered, Reply, coverage, shown_results, word_answer, word_no_answer
from qa_service.api.chat.thread import Turn, open_thread

NOTHING_BEFORE = "Nothing to follow up on was quoted yet."


@dataclass(frozen=True, slots=True)
class FollowUpAnswer:
    """What is brought, as an answer to the question followed up on; `covered` where there is none."""

    answer: Answer
    brought: Brought
    searched: str | None = None
    covered: list[Covered] | None = None


def answer_follow_up(service: AnswerService, turns: Sequence[Turn], follow_up: FollowUp) -> FollowUpAnswer:
    """Answer a follow-up on earlier `turns`."""
    thread = open_thread(service, turns, lambda thread, earlier: list(bring(thread, earlier).results))
    if thread is None or not thread.last:
        nothing = Answer(
            question="",
            corrected_question=None,
            index_version=service.index_version,
            took_ms=0.0,
            answered=False,
            confidence=0.0,
            reason="no_confident_answer",
            results=[],
        )
        if thread is None:
            return FollowUpAnswer(nothing, Brought(f"{NOTHING_BEFORE} {ASK}"), covered=coverage(service))
        lead = f"Nothing was quoted on “{topic(thread)}”, so there is nothing to go on from. {ASK}"
        return FollowUpAnswer(thread.answer, Brought(lead), thread.question, coverage(service))
    brought = bring(thread, follow_up)
    confidence = max((result.hit.confidence for result in brought.results), default=0.0)
    answer = replace(thread.answer, answered=bool(brought.results), confidence=confidence, results=thread.ranking)
    return FollowUpAnswer(answer, brought, thread.question)


def word_follow_up(found: FollowUpAnswer, base_url: str) -> Reply:
    """The reply to a follow-up."""
    answer, brought = found.answer, found.brought
    if not brought.results:
        reply = word_no_answer(found.covered, lead=brought.lead) if found.covered is not None else Reply(brought.lead)
        return replace(reply, searched=found.searched)
    reply = word_answer(shown_results(answer, brought.results), base_url, brought.lead, brief=brought.brief)
    return replace(reply, searched=found.searched, answered=True, confidence=answer.confidence)
