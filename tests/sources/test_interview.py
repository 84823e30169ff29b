"""The interview the service is delivered with, against what a reader finds in it."""

import hashlib

import pytest

from qa_service.records import Paragraph, Transcript
from qa_service.sources.folder import read_transcript
from tests.conftest import ROOT

FILE = ROOT / "source_texts" / "industry-minister-interview-2023.txt"

FIRST = (
    "In 2023, China's industrial economy will face many difficulties and challenges, but it should be noted that "
    "China's industrial system is complete and the domestic demand market is strong, especially the optimization of "
    "epidemic prevention and control measures, stock policy and incremental policy, which will have a significant "
    "positive impact on the recovery and development of industrial economy."
)
MIDDLE = (
    "Since last year, we have given full play to the mechanism of the leading group for promoting the development of "
    "small and medium-sized enterprises in the State Council, and issued a series of policies and measures to help "
    "small and medium-sized enterprises develop steadily and healthily. Before 2022 1 1 month, the operating income "
    "of industrial SMEs increased by 6% year-on-year, showing strong resilience and vitality."
)
LAST = (
    "The fifth is to optimize the development environment of digital economy. Innovate telecom market supervision, "
    "promote the application of electronic licenses, inform commitments and other optimization service measures. "
    "Guide and supervise the compliant development of platform enterprises and build an open, cooperative and "
    "competitive market environment. We will comprehensively strengthen the protection of users' rights and "
    "interests, deepen the comprehensive management of the network environment such as preventing and cracking down "
    "on telecommunication network fraud, and jointly build a new picture of a beautiful digital life."
)


@pytest.fixture(scope="module")
def interview() -> Transcript:
    return read_transcript(FILE)


@pytest.fixture(scope="module")
def answers(interview: Transcript) -> list[Paragraph]:
    return [answer for exchange in interview.exchanges for answer in exchange.answers]


def test_the_committed_file_is_the_original() -> None:
    original = "bfb32050909b22133f8bf7ec0e77cdf222282f8e975ca04eeea034bf559a4c38"
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == original


def test_four_exchanges_hold_27_statements(interview: Transcript, answers: list[Paragraph]) -> None:
    assert [len(exchange.answers) for exchange in interview.exchanges] == [6, 7, 7, 7]
    assert [exchange.section for exchange in interview.exchanges] == [1, 2, 3, 4]
    assert len(answers) == 27


def test_the_first_the_middle_and_the_last_statement_are_exact(answers: list[Paragraph]) -> None:
    assert [(a.number, a.piece.text) for a in (answers[0], answers[13], answers[26])] == [
        (5, FIRST),
        (22, MIDDLE),
        (37, LAST),
    ]


def test_every_piece_is_a_cut_of_the_file(interview: Transcript, answers: list[Paragraph]) -> None:
    text = FILE.read_text(encoding="utf-8")
    questions = [exchange.question for exchange in interview.exchanges if exchange.question]
    for piece in [*questions, *(answer.piece for answer in answers)]:
        assert text[piece.start : piece.end] == piece.text


def test_askers_speaker_and_title_are_told(interview: Transcript, answers: list[Paragraph]) -> None:
    assert [exchange.asker for exchange in interview.exchanges] == ["Reporter", "Reporter", "Reporter", "journalist"]
    assert {answer.speaker for answer in answers} == {"Jin Zhuanglong"}
    assert interview.document.title.startswith("Interview with Jin Zhuanglong, Minister of Industry")


def test_questions_are_the_reporters_words(interview: Transcript) -> None:
    questions = [exchange.question.text for exchange in interview.exchanges if exchange.question]
    assert len(questions) == 4
    assert all(q.startswith("The Central Economic Work Conference ") and q.endswith("?") for q in questions)


def test_no_statement_is_a_title_an_introduction_a_label_or_a_question(
    interview: Transcript, answers: list[Paragraph]
) -> None:
    questions = {exchange.question.text for exchange in interview.exchanges if exchange.question}
    for text in (answer.piece.text for answer in answers):
        assert text not in questions
        assert not text.endswith("?")
        assert not text.startswith(("Jin Zhuanglong:", "Reporter", "journalist", "What are the specific measures"))
        assert not text.startswith(("In the past year, China actively", "How to promote the steady growth"))
        assert "___" not in text
