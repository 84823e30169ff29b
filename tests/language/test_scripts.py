"""Which language letters are of."""

import pytest

from qa_service.language.scripts import language_of_letters


@pytest.mark.parametrize(
    ("letters", "language"),
    [
        ("通货膨胀", "zh"),
        ("銀行の対策", "ja"),
        ("통화팽창", "ko"),
        ("инфляция", "ru"),
        ("інфляція", "uk"),
        ("џеповима", "sr"),
        ("التضخم", "ar"),
        ("گفتگو", "fa"),
        ("मुद्रास्फीति", "hi"),
        ("პრესა", "ka"),
    ],
)
def test_letters_tell_a_language(letters: str, language: str) -> None:
    assert language_of_letters(letters, frozenset()) == language


def test_bulgarian_is_told_by_its_words() -> None:
    assert language_of_letters("защопоскъпвахлябът", frozenset({"защо", "хлябът"})) == "bg"
    assert language_of_letters("почемурастутцены", frozenset({"почему", "растут"})) == "ru"
