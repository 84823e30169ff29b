"""The table of docs/transcripts.md: every layout it lists is read as it says."""

import html

import pytest

from qa_service.sources.parser import parse
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "transcripts.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| layout | example | asks | answers |")[2].partition("\n\n")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines()[2:]]


def test_the_table_is_found() -> None:
    assert len(ROWS) > 20
    assert all(len(row) == 4 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_layout_is_read_as_the_table_says(row: list[str]) -> None:
    _, example, asks, answers = row
    text = "\n".join(html.unescape(line.strip(" ")) for line in example.strip("`").split(" / "))
    exchanges = parse(text).exchanges
    askers = dict.fromkeys(exchange.asker or "nobody" for exchange in exchanges if exchange.question)
    speakers = dict.fromkeys(answer.speaker or "nobody" for exchange in exchanges for answer in exchange.answers)
    assert (", ".join(askers), ", ".join(speakers)) == (asks, answers)
