"""Which formats there are, and that who only answers imports nothing for them."""

import json
import subprocess
import sys

import pytest

from qa_service.sources.formats.registry import FORMATS, MEDIA_TYPES, SUFFIXES, Known, format_of, suffix_by

LIBRARIES = {"webvtt", "docx", "pypdfium2", "lxml"}


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.module)
def test_a_format_is_what_the_registry_says_of_it(known: Known) -> None:
    own = known.load()
    assert (own.suffixes, own.media_types) == (known.suffixes, known.media_types)
    assert own.version > 0


def test_no_ending_or_media_type_means_two_formats() -> None:
    assert len(set(SUFFIXES)) == sum(len(known.suffixes) for known in FORMATS)
    assert len(set(MEDIA_TYPES)) == sum(len(known.media_types) for known in FORMATS)


def test_a_name_goes_before_a_media_type() -> None:
    assert suffix_by("a.SRT", "text/plain") == ".srt"
    assert suffix_by("a.exe", "text/vtt") == ".vtt"
    assert suffix_by(None, "application/pdfx") is None
    assert format_of("a.b") is None


def test_serving_imports_no_library_of_a_format() -> None:
    program = f"""
import json, sys
from qa_service.api.app import create_app
from qa_service.composition import open_service
create_app()
print(json.dumps(sorted({LIBRARIES!r} & set(sys.modules))))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == []
