"""What the questions' encoder learns to encode: questions, sentences, made-up texts. None of it needs a judgement.

`eval/data/training/unlabelled_questions.tsv` holds questions that people might ask of the training transcripts, written
from the transcripts' first lines alone; nobody judged what answers them.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from eval.datasets.own import DATA, TRAINING
from eval.training.groups import Group, TrainingQuestion
from qa_service.indexing.spelling import word_frequencies
from qa_service.language.sentences import sentence_spans

UNLABELLED = DATA / TRAINING / "unlabelled_questions.tsv"
SHORTEST, LONGEST = 16, 160  # characters of a statement's sentence that is encoded as if it were a question
QUESTION_TIMES = 3  # how often each question counts
MADE_UP = 46_000  # of each of the five kinds
MOST_CHARACTERS = 220  # of a made-up text
RARE = 0.35  # power of a dictionary word's frequency by which it is drawn: rare words shall come up too
MARKS = ".,;:?!\"'()“”"
FUNCTION_WORDS = frozenset(
    "the a an of to in on for and or is are was were be been do does did has have had will would can could should that "
    "this it its they he she his her their what who when where why how which much many with by from at as not about "
    "there i you we my our me if so but than any more most".split()
)


def unlabelled_questions() -> dict[str, list[str]]:
    """Document -> its questions. Raises ValueError naming a line that is not `document TAB question`."""
    questions: dict[str, list[str]] = {}
    for number, line in enumerate(UNLABELLED.read_text(encoding="utf-8").splitlines(), start=1):
        document, tab, question = line.partition("\t")
        if not (document and tab and question):
            raise ValueError(f"{UNLABELLED}:{number}: not a document, a tab and a question")
        questions.setdefault(document, []).append(question)
    return questions


def with_unlabelled(groups: Sequence[Group]) -> list[Group]:
    """The groups with the questions of their transcripts that nobody judged."""
    asked = unlabelled_questions()
    return [
        replace(
            group, questions=[*group.questions, *(TrainingQuestion(text, {}) for text in asked.get(group.name, []))]
        )
        for group in groups
    ]


def lesson_texts(groups: Sequence[Group], passages: Sequence[str]) -> list[str]:
    """All questions (three times), the sentences of the groups and of more `passages`, and texts made up of both."""
    random.seed(0)
    asked = {question.text for group in groups for question in group.questions}
    questions = sorted(asked | {text for texts in unlabelled_questions().values() for text in texts})
    spoken = [text for group in groups for text in (*group.passages, *group.asked)]
    sentences = sorted(sentences_of([*spoken, *passages]))
    return questions * QUESTION_TIMES + sentences + made_up(questions, sentences, MADE_UP)


def sentences_of(passages: Sequence[str]) -> set[str]:
    """Sentences about as long as questions."""
    cut = {passage[start:end] for passage in passages for start, end in sentence_spans(passage)}
    return {sentence for sentence in cut if SHORTEST <= len(sentence) < LONGEST}


def made_up(questions: Sequence[str], sentences: Sequence[str], times: int) -> list[str]:
    """Texts of words that never stood together: words swapped for others, pieces, two questions joined."""
    words = WordSwap([*questions, *sentences])
    texts = []
    for _ in range(times):
        question, sentence = random.choice(questions), random.choice(sentences)
        texts += [
            words.swapped(question, 0.4),
            words.swapped(random.choice(questions), 0.25),
            piece(sentence),
            words.swapped(piece(random.choice(sentences)), 0.3),
            joined(question, random.choice(questions)),
        ]
    return list(dict.fromkeys(text[:MOST_CHARACTERS] for text in texts))


class WordSwap:
    """Puts other words in place of a text's content words: half of them the texts' own, half of the dictionary."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._own = sorted(
            {word.strip(MARKS).lower() for text in texts for word in text.split()} - {"", *FUNCTION_WORDS}
        )
        frequency = {w: n for w, n in word_frequencies("en").items() if w.isalpha() and 3 <= len(w) <= 14}
        self._others = list(frequency)
        self._weights = list(accumulate(n**RARE for n in frequency.values()))

    def swapped(self, text: str, share: float) -> str:
        """The text with about `share` of its content words swapped."""
        words = text.split()
        others = random.choices(self._others, cum_weights=self._weights, k=len(words))
        return " ".join(self._other(word, other, share) for word, other in zip(words, others, strict=True))

    def _other(self, word: str, other: str, share: float) -> str:
        core = word.strip(MARKS).lower()
        if not core or core in FUNCTION_WORDS or random.random() > share:
            return word
        return word.lower().replace(core, other if random.random() < 0.5 else random.choice(self._own))


def piece(text: str) -> str:
    """Two to fourteen neighbouring words."""
    words = text.split()
    length = random.randint(2, max(2, min(14, len(words))))
    start = random.randint(0, max(0, len(words) - length))
    return " ".join(words[start : start + length])


def joined(first: str, second: str) -> str:
    """The beginning of one question and the end of another."""
    head, tail = first.split(), second.split()
    return " ".join(head[: random.randint(1, max(1, len(head) - 1))] + tail[random.randint(0, max(0, len(tail) - 1)) :])
