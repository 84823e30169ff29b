"""The report: everything in one file, nothing of a text read as mark-up."""

import re
from pathlib import Path

from eval.workbench.charts import histogram, lines
from eval.workbench.report import write_report
from eval.workbench.summary import figures, summary_table
from tests.eval.workbench.runs import run_of

YES = {"a": 1}
ROWS = [(YES, ["b", "a"], 0.8), (YES, ["a"], 0.6), (dict[str, int](), ["b"], 0.3)]


def test_the_page_stands_alone_and_escapes_what_was_said(tmp_path: Path) -> None:
    page = write_report([run_of(ROWS), run_of(ROWS, "bm25")], tmp_path).read_text()
    assert not re.findall(r"(?:src|href)=|url\(|@import|<script", page)
    assert "&lt;b&gt;Words&lt;/b&gt; of a." in page
    assert "<b>" not in page
    assert page.count("<svg") == 4


def test_worst_and_sure_questions_are_shown_with_what_should_have_come(tmp_path: Path) -> None:
    page = write_report([run_of(ROWS)], tmp_path).read_text()
    assert "Question 0?" in page
    assert "nobody answers it" in page


def test_what_was_tuned_on_is_no_headline() -> None:
    assert "tuned on it" in summary_table([run_of(ROWS, tuned_on=True)])
    assert "tuned on it" not in summary_table([run_of(ROWS)])


def test_the_table_has_silence_with_its_bound() -> None:
    table = summary_table([run_of(ROWS)])
    assert "1.000 (≤ 95.0% of 1 with 95 %) | 1.000 / 1.000" in table
    assert "| – | – | – |" in summary_table([run_of(ROWS[:2])])


def test_the_figures_of_a_run_are_those_of_its_table() -> None:
    found = figures([run_of(ROWS), run_of(ROWS[:2], "bm25", tuned_on=True)])["s"]
    assert (found["questions"], found["answerable"], found["tuned_on"]) == (3, 2, False)
    assert set(found["systems"]) == {"default", "bm25"}
    ours = found["systems"]["default"]
    assert ours["P@1"][0] == 0.5
    assert ours["at 5 % false"]["answered"] == 1
    assert ours["at 5 % false"]["silence recall"] == 1
    assert "AUROC" not in found["systems"]["bm25"]
    assert ours["nDCG@10 by category"]["fact"] == ours["nDCG@10"]


def test_charts_stay_in_their_frame() -> None:
    drawn = lines({"a": [(0, 0), (0.5, 1), (1, 0.5)]}, "x", "y") + histogram({"b": [0, 0.5, 1]}, "x")
    for number in re.findall(r'(?:cx|cy|width|height)="([\d.]+)"', drawn):
        assert 0 <= float(number) <= 460
    assert "&lt;" in lines({"<": [(0, 0)]}, "x", "y")
