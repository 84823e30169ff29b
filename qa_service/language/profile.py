"""What may be read of a text, by its language: rules made for English are off for every other one."""

from collections.abc import Iterable
from dataclasses import dataclass

NAMES = {
    "am": "Amharic", "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan",
    "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish",
    "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "km": "Khmer", "kn": "Kannada",
    "ko": "Korean", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "my": "Burmese", "nb": "Norwegian", "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian",
    "no": "Norwegian", "or": "Odia", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "ta": "Tamil", "te": "Telugu", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "yi": "Yiddish", "zh": "Chinese",
}  # fmt: skip
UNDETERMINED = "und"  # ISO 639-2's code
# Codes of three letters that people write for those of two.
_SHORT = {
    "ara": "ar", "chi": "zh", "cmn": "zh", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl",
    "ell": "el", "eng": "en", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gre": "el", "heb": "he",
    "hin": "hi", "hun": "hu", "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "nob": "nb", "nor": "no",
    "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr",
    "ukr": "uk", "vie": "vi", "zho": "zh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """A language's code, and which rules hold for it. The default is neutral: safe for a text in any language."""

    code: str = UNDETERMINED
    small_talk: bool = False  # greetings and requests for help are known, and ask the sources nothing
    amounts_and_times: bool = False  # what asks for a quantity or a time is known, and the words for these
    capitals_name: bool = False  # a capital inside a sentence begins a name; German nouns have one too
    spelling: bool = False  # misspelt words are mended
    frames: bool = False  # "According to Ada Lund, …": people, places and dates are read out of a question
    follow_ups: bool = False  # "and why?", "the second one": what leans on a conversation is known

    @property
    def name(self) -> str:
        """As it is called in English."""
        other = "another language" if self.code == UNDETERMINED else f"the language “{self.code}”"
        return NAMES.get(self.code, other)


ENGLISH = Language(
    "en", small_talk=True, amounts_and_times=True, capitals_name=True, spelling=True, frames=True, follow_ups=True
)
UNKNOWN = Language()


def base_code(code: str) -> str:
    """`de` of `de-AT`, `DE` and `deu`."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return _SHORT.get(short, short)


def profile_of(code: str) -> Language:
    """What may be read of a text in the language of an ISO 639 code."""
    base = base_code(code)
    return ENGLISH if base == ENGLISH.code else Language(base)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The languages a model knows; `*` among the codes: any."""

    codes: tuple[str, ...] = (ENGLISH.code,)

    @classmethod
    def parse(cls, text: str) -> "Coverage":
        """Codes with commas between them."""
        return cls(tuple(part.strip() if part.strip() == "*" else base_code(part) for part in text.split(",")))

    def covers(self, language: Language) -> bool:
        """Whether the model knows it."""
        return "*" in self.codes or language.code in self.codes

    @property
    def in_words(self) -> str:
        """`English`, or `English and German`."""
        return _listed([profile_of(code).name for code in self.codes])


def document_note(language: Language, coverage: Coverage, *, told: bool) -> str | None:
    """What whoever keeps a document should know and can do; None where the model knows its language."""
    if coverage.covers(language):
        return None
    seems = "the metadata say that the text is" if told else "the text seems to be"
    code = f" ({language.code})" if language.code in NAMES else ""
    return (
        f"{seems} in {language.name}{code}, which the model doesn't know: next to nothing of it is answered; "
        "build with a QA_SERVICE_MODEL that knows it and name its languages in QA_SERVICE_MODEL_LANGUAGES"
        + ("" if told else ", or give `language` in the metadata if this is wrong")
    )


def question_note(question: Language, documents: Iterable[Language], coverage: Coverage) -> str | None:
    """In words why a question can't be answered for its language, or for that of all `documents`; None for neither."""
    knows = f"this service knows {coverage.in_words}."
    if not coverage.covers(question):
        return f"The question seems to be in {question.name}; {knows}"
    names = sorted({language.name for language in documents})
    if not names:
        return None
    return f"What was searched is in {_listed(names)}; {knows}"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
