"""Where a text's date is read, and where a date is another thing's."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.sources.dating import read_date
from qa_service.sources.folder import read_transcript
from tests import fakes
from tests.conftest import ROOT

LATEST = 2027
LAYOUTS = ROOT / "tests" / "sources" / "layouts"


def dated(head: str, name: str = "trams", title: str | None = None) -> tuple[str | None, str | None]:
    """The date and where it is from."""
    found = read_date(None, head, name, title or head.partition("\n")[0], LATEST)
    return found.date, found.origin


@pytest.mark.parametrize(
    "head",
    [
        "14 May 2023",
        "Sunday, 14 May 2023",
        "Lindhaven, Sonntag, den 14. Mai 2023",
        "Washington, D.C., May 14, 2023",
        "Night trams\n\nMay 14, 2023, 8:30 a.m. ET",
        "Night trams\n\n14.05.2023, 18.00 Uhr • aus DER TRAM 35/2023",
        "Press conference on the night trams, 14 May 2023",
        "Ada Lund, Director of Trams, 14 May 2023",
        "Department Press Briefing – May 14, 2023",
        "Weekly Briefing by the Spokesperson (May 14, 2023)",
        "Regular Press Conference on May 14, 2023",
        "Mitschrift der Pressekonferenz vom 14. Mai 2023",
        "Minutes of the meeting of 14 May 2023",
        "2023年5月14日外交部发言人林岚主持例行记者会",
        "商务部召开例行新闻发布会（2023年5月14日）",
        "14 May 2023 : Column 344",
        "[Tram Record Volume 171, Number 44 (Sunday, May 14, 2023)]",
        "Lund, Ada   05/14/2023                     Page 5",
        "May 14, 2023          Chair Lund’s Press Conference          FINAL",
        "Sitting date: 14 May 2023",
        "Night trams\nDate of interview: 14 May 2023\nPlace: Lindhaven",
        "**Date:** 2023-05-14",
        "日時：2023年5月14日（日曜日）午前11時00分～11時41分",
        "Recorded in Lindhaven, at her home, on 14 May 2023. Dialect has been smoothed.",
        "Das Gespräch führte Jan Peters am 14. Mai 2023.",
        "Field notes, recorded on May 14, 2023. This transcript was edited for clarity.",
        "celebrada el domingo 14 de mayo de 2023",
        "Taken on Sunday, May 14, 2023",
        "Aired May 14, 2023 - 20:00   ET",
        "She spoke on 14 May 2023 to the council of Lindhaven about trams.",
        "---\ntitle: Night trams\ndate: '2023-05-14'\nmodified: 2024-01-01\n---",
        "---\ndate: May 14, 2023\n---\nPublished 3 June 2024",
        "Transcript of Director Lund’s long press conference\nMay 14, 2023",
        "Night trams, May 2023\n\nLindhaven, 14 May 2023",
        "May 14, 2023\n\nLindhaven, 14 May 2023",
        "Weekly meeting 14.05.2023",
        "14 May 2023 interview with Ada Lund",
        "House of Lindhaven, Sunday 14 May 2023, Morning sitting",
        "Interview, 14 May 2023 (updated 3 June 2023)",
        "**14 May 2023**",
    ],
)
def test_the_date_of_the_occasion_is_read(head: str) -> None:
    assert dated(head) == ("2023-05-14", "text")


@pytest.mark.parametrize(
    "head",
    [
        "The minister spoke to us after the earthquake of 14 May 2023.",
        "An interview after the earthquake of 14 May 2023",
        "The earthquake of 14 May 2023",
        "Statement on the attack of 14 May 2023",
        "The interview was recorded after the flood of 14 May 2023.",
        "We interviewed the judge who ruled on 14 May 2023.",
        "Since 14 May 2023 nine trams have run at night. We asked her why.",
        "She was born on 14 May 1953 and spoke of trams.",
        "On 14 May 2023 the depot burnt down. What has been done since? We asked the director.",
        "The director of the trams told us why the depot burnt down on\n14 May 2023.",
        "Published on 14 May 2023",
        "Updated: May 14, 2023 20:15",
        "Last updated: 14 May 2023",
        "Publié le 14 mai 2023 à 06h00 - Mis à jour le 15 mai 2023",
        "등록일: 2023.05.14. 10:30",
        "Ordered by the House to be published on 14 May 2023.",
        "05/06/2023",
        "31 February 2023",
        "Copyright © 14 May 2023",
        "14 May 2023 and after: what has become of the trams",
        "The plan runs until 31 December 2025",
        "14 May 2031",
        "The May 2023 flood: an interview with Ada Lund",
        "Ada Lund, * 14. Mai 1953",
        "Ada Lund, born 14 May 1953, Director",
        "Next meeting: 14 May 2023",
        "The next session will be held on 14 May 2023.",
        "Version 1.2, 14 May 2023",
        "The Budget Act of 14 May 2023 - an interview",
        "An interview with Ada Lund, minister since 14 May 2021",
        "Die Wahl vom 14. Mai 2023",
        "",
    ],
)
def test_a_date_of_something_else_is_none(head: str) -> None:
    assert dated(head) == (None, None)


def test_several_dates_are_none_and_a_note_says_which() -> None:
    found = read_date(None, "Press Briefing (August 22, 2024)\n\nAugust 23, 2024", "trams-2024", None, LATEST)
    assert (found.date, found.origin) == (None, None)
    assert found.note == (
        "several dates before the first speech (2024-08-22, 2024-08-23): none is taken; give one in the metadata"
    )


def test_what_says_that_it_is_the_date_counts_more_than_what_merely_stands_there() -> None:
    assert dated("Lindhaven, 3 June 2023\n\nRecorded on 14 May 2023") == ("2023-05-14", "text")


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Budget hearing 2023", "2023"),
        ("The night trams, 2023", "2023"),
        ("The night trams (2023)", "2023"),
        ("Press conference in 2023", "2023"),
        ("An interview with the minister on industrial policy for 2023", None),
        ("Climate neutral by 2026", None),
        ("Nine trams since 2003", None),
        ("The programme to 2026", None),
        ("Voices of Lindhaven: Ada Lund, driver, born 1938", None),
        ("Ada Lund (born 1938)", None),
        ("Ada Lund (1938–2020)", None),
        ("Plan 2024-2026", None),
        ("Vision 2026", None),
        ("Conference 2050", None),
        ("In 2023 the trams stopped", None),
    ],
)
def test_a_bare_year_of_a_title_counts_where_it_is_the_occasions(title: str, year: str | None) -> None:
    assert dated(title) == (year, "text" if year else None)


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("harbor-bank-2023-03", "2023-03"),
        ("20230314_x", "2023-03-14"),
        ("2024-03-05 Foo", "2024-03-05"),
        ("Budget hearing 2024-03-07 (final)", "2024-03-07"),
        ("Museum-20240615_133555-Meeting Transcript", "2024-06-15"),
        ("2024_03_05", "2024-03-05"),
        ("14-05-2023-trams", "2023-05-14"),
        ("trams-14-May-2023", "2023-05-14"),
        ("trams_march_2023", "2023-03"),
        ("budget-2023", "2023"),
        ("2023", "2023"),
        ("trams", None),
        ("05-06-2023", None),
        ("2024-13-45", None),
        ("budget-2023-24", None),
        ("budget-2010-11", None),
        ("2022-to-2023", None),
        ("policy-for-2023", None),
        ("programme-to-2026", None),
        ("plan-2024-2026", None),
        ("born-1938", None),
        ("a2023", None),
        ("case-12345678", None),
        ("2050-vision", None),
        ("2023-05-14 and 2024-05-14", None),
        ("speaker-20231", None),
    ],
)
def test_a_files_name_gives_the_date_where_the_text_gives_none(name: str, date: str | None) -> None:
    assert dated("Night trams of Lindhaven", name) == (date, "file name" if date else None)


def test_the_text_counts_more_than_the_name_but_a_bare_year_less() -> None:
    assert dated("Lindhaven, May 2023", "trams-2024-01-01") == ("2023-05", "text")
    assert dated("Budget hearing 2023", "trams-2023-05-14") == ("2023-05-14", "file name")
    assert dated("Budget hearing 2023", "trams-2022") == ("2023", "text")


def test_the_metadata_count_most() -> None:
    found = read_date("2021-01", "Lindhaven, 14 May 2023", "trams-2024-01-01")
    assert (found.date, found.origin, found.note) == ("2021-01", "metadata", None)


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_head_and_name_can_be_read(head: str, name: str) -> None:
    read_date(None, head, name, head[:50])


@pytest.mark.parametrize(
    "head", ["1" * 10**6, "3 May 2023, " * 10**5, "May " * 10**6, "a\n" * 10**6, "recorded on\n" * 10**5]
)
def test_a_long_head_is_read_as_far_as_a_head_goes(head: str) -> None:
    started = time.process_time()
    dated(head, head[:200])
    assert time.process_time() - started < 2


def test_a_date_that_is_spoken_is_none() -> None:
    text = fakes.TRAMS.replace("Twelve trams", "14 May 2023\n\nTwelve trams")
    assert fakes.transcript("trams", text).document.date is None
    headed = fakes.transcript("trams", text.replace("Lindhaven\n", "Lindhaven\n\n3 June 2024\n", 1))
    assert headed.document.date == "2024-06-03"


def test_the_files_own_name_counts_not_the_id_made_of_it(tmp_path: Path) -> None:
    file = tmp_path / "Trams (14.05.2023).txt"
    file.write_text(fakes.TRAMS)
    document = read_transcript(file).document
    assert (document.id, document.date, document.date_from) == ("Trams-14.05.2023", "2023-05-14", "file name")


@pytest.mark.parametrize(
    ("layout", "date"),
    [
        ("cnn-rush", "2025-02-11"),
        ("cortes-comision", "2021-05-19"),
        ("deposition-colon-qa", "2023-05-18"),
        ("focus-group-int-p", "2022-10-17"),
        ("govinfo-field-hearing", "2020-01-24"),
        ("japan-diet-minutes", "2024-11-13"),
        ("kremlin-ru", "2019-06-14"),
        ("markdown-h3-names", "2025-03-03"),
        ("oral-history-surnames", "1994-06-04"),
        ("otter-family", "2024-02-10"),
        ("planalto-coletiva", "2025-08-27"),
        ("teams-docx-surname-first", "2024-11-05"),
        ("zh-wen-da", "2017-06-09"),
        ("faq-q1-a1", None),
        ("magazine-caps", None),
        ("mea-india-briefing", None),
        ("korea-arrows", None),
        ("deposition-numbered-q", None),
        ("whispercpp-timestamps", None),
    ],
)
def test_public_layouts(layout: str, date: str | None) -> None:
    assert read_transcript(LAYOUTS / f"{layout}.txt").document.date == date
