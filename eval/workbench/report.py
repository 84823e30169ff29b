"""One self-contained page of results that people would rather look at than read, and their table in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.metrics import auroc
from eval.workbench.charts import histogram, lines
from eval.workbench.quality import (
    by_question,
    categories,
    confidences,
    first_answers,
    naucs,
    percentiles,
    ranking,
    reliability,
    risk_and_coverage,
)
from eval.workbench.results import Result, RunResult
from eval.workbench.summary import HEAD, rows, summary_table

HERE = Path(__file__).parent
PROBABILISTIC = ("default", "service")  # whose confidence is meant as a probability
WORST = 12
POINTS = 60  # of a long line


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as the page shows it: what came first, what should have, and what that was worth."""

    question: str
    category: str
    value: str
    confidence: str
    came: Sequence[tuple[str, str, int]]
    wanted: Sequence[tuple[str, str, int]]


def write_report(runs: Sequence[RunResult], folder: Path) -> Path:
    """`report.html` and `report.md` into the folder; the page."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    sets = list(dict.fromkeys(run.set for run in runs))
    page = environment.get_template("report.html").render(
        sets=[_set([run for run in runs if run.set == name]) for name in sets], head=HEAD, about=runs[0].about
    )
    (folder / "report.md").write_text(summary_table(runs) + "\n", encoding="utf-8")
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def _set(runs: Sequence[RunResult]) -> dict[str, Any]:
    first = runs[0]
    return {
        "name": first.set,
        "tuned_on": first.tuned_on,
        "rows": list(rows(runs)),
        "categories": _by_category(runs),
        "systems": [run.system for run in runs],
        "charts": [(title, Markup(chart)) for title, chart in _charts(runs)],  # noqa: S704 - drawn and escaped by us
        "naucs": [(run.system, naucs(run).get("nDCG@10")) for run in runs],
        "worst": _worst(first),
        "wrong": _answered_wrongly(first),
        "first": first.system,
    }


def _by_category(runs: Sequence[RunResult]) -> list[tuple[str, int, list[str]]]:
    """Category, questions, and of each system nDCG@10 where they are answerable, else AUROC against those that are."""
    table = []
    for name, results in categories(runs[0]).items():
        cells = []
        for run in runs:
            mine = categories(run)[name]
            if results[0].asked.answerable:
                cells.append(str(ranking(run, mine)["nDCG@10"]))
            else:
                yes, _ = confidences(run)
                cells.append(f"AUROC {auroc(list(yes), [r.ranked.confidence for r in mine])}")
        table.append((name, len(results), cells))
    return table


def _charts(runs: Sequence[RunResult]) -> list[tuple[str, str]]:
    charts = []
    known = {run.system: run for run in runs if run.system in PROBABILISTIC}
    if known:
        series = {name: [(said, was) for said, was, _ in reliability(run)[0]] for name, run in known.items()}
        charts.append(
            (
                "Reliability: what the confidence says, and how often the first is right",
                lines(series, "confidence", "first is right", diagonal=True),
            )
        )
    risks = {run.system: _thinned(risk_and_coverage(run)) for run in runs}
    charts.append(
        (
            "Risk against coverage: of the surest questions, how many are answered wrongly",
            lines(risks, "share of questions answered", "share of those wrong"),
        )
    )
    for name, run in known.items():
        yes, no = confidences(run)
        series_of = {"answerable": list(yes), "not answerable": list(no)}
        charts.append((f"Confidence of {name}", histogram(series_of, "confidence")))
    times = {run.system: found[50] for run in runs if (found := percentiles(run))}
    if times:
        values = {run.system: ranking(run)["nDCG@10"].value for run in runs if run.system in times}
        points = {name: [(times[name], values[name])] for name in times}
        most = max(times.values()) * 1.1
        charts.append(
            ("Quality against time", lines(points, "median ms a question", "nDCG@10", dots=True, most_x=most))
        )
    return charts


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(1, len(points) // POINTS)
    return [*points[::step], points[-1]] if points else []


def _worst(run: RunResult) -> list[Shown]:
    """The answerable questions ranked worst."""
    values = by_question(run)["nDCG@10"]
    chosen = sorted((r for r in run.results if r.asked.answerable), key=lambda r: values[r.asked.id])[:WORST]
    return [_shown(r, run.texts, f"nDCG@10 {values[r.asked.id]:.2f}") for r in chosen if values[r.asked.id] < 1]


def _answered_wrongly(run: RunResult) -> list[Shown]:
    """The questions that it was surest of and wrong."""
    wrong = [r for r in run.results if not first_answers(r, run.relevant_from)]
    chosen = sorted(wrong, key=lambda r: -r.ranked.confidence)[:WORST]
    return [_shown(r, run.texts, "answerable" if r.asked.answerable else "nobody answers it") for r in chosen]


def _shown(result: Result, texts: Mapping[str, str], value: str) -> Shown:
    grades = result.asked.grades
    came = [(p, texts.get(p, ""), grades.get(p, 0)) for p in list(result.ranked.run)[:2]]
    wanted = sorted(((p, texts.get(p, ""), g) for p, g in grades.items()), key=lambda item: -item[2])[:2]
    sure = f"{result.ranked.confidence:.2f}"
    return Shown(result.asked.text, result.asked.category, value, sure, came, wanted)
