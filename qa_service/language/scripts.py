"""Which language letters beyond the Latin ones are of."""

import unicodedata
from collections import Counter

# The first word of a letter's Unicode name -> ISO 639-1; where several languages share letters, see below.
_BY_SCRIPT = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "KATAKANA-HIRAGANA": "ja", "CJK": "zh", "BOPOMOFO": "zh",
    "CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "DEVANAGARI": "hi", "BENGALI": "bn",
    "GURMUKHI": "pa", "GUJARATI": "gu", "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th", "LAO": "lo", "TIBETAN": "bo", "MYANMAR": "my", "GEORGIAN": "ka",
    "ETHIOPIC": "am", "KHMER": "km", "ARMENIAN": "hy", "MONGOLIAN": "mn",
}  # fmt: skip
# Letters that only one of the languages of a script has.
_TELLING = {"uk": "іїєґ", "be": "ў", "sr": "ђћљњџј", "mk": "ѓќѕ", "ur": "ٹڈڑے", "fa": "پچژگ"}
_SHARING = {"ru": ("be", "mk", "uk", "sr"), "ar": ("ur", "fa")}
_BULGARIAN = frozenset("какво защо кой колко кога са ще няма това от се".split())
LOOKED_AT = 200  # letters, spread over the text
LEAST_KANA = 0.1  # of the letters of a Japanese text; Chinese has none


def language_of_letters(letters: str, words: frozenset[str]) -> str:
    """The language that letters, none of them Latin, are most likely of; `und` for a script not known here.

    `words`: those of the text, in lower case.
    """
    looked_at = letters[:: 1 + len(letters) // LOOKED_AT]
    scripts = Counter(_BY_SCRIPT.get(unicodedata.name(letter, "").partition(" ")[0], "und") for letter in looked_at)
    if scripts["ja"] >= LEAST_KANA * len(looked_at):
        return "ja"
    language = max(scripts, key=lambda code: scripts[code])
    for other in _SHARING.get(language, ()):
        if any(letter in letters for letter in _TELLING[other]):
            return other
    if language == "ru" and "ы" not in letters and words & _BULGARIAN - {"от", "се"}:
        return "bg"
    return language
