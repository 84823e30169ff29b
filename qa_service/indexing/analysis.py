"""Text to index terms for the lexical index: Unicode words, stemmed by language; CJK runs as pairs of characters."""

import re
import unicodedata
from functools import cache

import Stemmer

# ISO 639-1 code -> Snowball algorithm; any other language is indexed unstemmed.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TERM = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[.,](?=\d)\d+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = STEMMERS.get(language.lower().split("-")[0])
    return Stemmer.Stemmer(name) if name else None


def terms(text: str, language: str = "en") -> list[str]:
    """The terms of a text, in order, repeated as they occur."""
    found: list[str] = []
    for word in _TERM.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _IS_CJK.match(word):
            found += [word[i : i + 2] for i in range(len(word) - 1)] or [word]
        else:
            found.append(word)
    stemmer = _stemmer(language)
    return stemmer.stemWords(found) if stemmer else found
