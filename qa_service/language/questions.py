"""What the words of a question tell, whatever it asks."""

import re
import unicodedata

from qa_service.language.sentences import sentence_spans

MAX_ASKED = 200  # characters of a question that is shown beside its answer
ENDING = 8  # last characters that tell whether a sentence asks: a question mark after a letter and its accents
_ASKS = re.compile(r"(?:[?？؟\u037e]|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)$")  # the last is the Greek question mark


def ends_in_question_mark(sentence: str) -> bool:
    """Whether a sentence ends in a question mark, of whatever script."""
    return _ASKS.search(unicodedata.normalize("NFC", sentence[-ENDING:])) is not None


def short_question(asked: str) -> str:
    """The sentences of an interviewer's turn that ask, as many as fit into 200 characters; one that does not is cut."""
    words = " ".join(asked.split())
    sentences = [words[start:end] for start, end in sentence_spans(words)]
    asking = [sentence for sentence in sentences if ends_in_question_mark(sentence)] or sentences
    text = asking[0]
    for sentence in asking[1:]:
        if len(text) + 1 + len(sentence) > MAX_ASKED:
            break
        text += f" {sentence}"
    return text if len(text) <= MAX_ASKED else text[:MAX_ASKED].rsplit(" ", 1)[0] + " …"
