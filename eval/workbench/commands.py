"""The workbench's part of the command line: run, compare, report."""

import argparse
import getpass
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.summaries import add_save, results_folder, save, summary_of
from eval.workbench.benchmarks import PAGE, render
from eval.workbench.compare import Comparison, compare
from eval.workbench.fetch import COLLECTIONS, fetch
from eval.workbench.judge import serve_judging
from eval.workbench.measuring import built_in, measure, running, written
from eval.workbench.own_set import drifted, kappa, passages_of, read_judgements, read_transcripts, write_pool
from eval.workbench.pool import pool_of
from eval.workbench.report import write_report
from eval.workbench.results import RunResult, read_results
from eval.workbench.sets import load_set
from eval.workbench.spans import score_own_spans, score_spans
from eval.workbench.summary import figures, summary_table
from eval.workbench.systems import NAMES
from eval.workbench.trec import write_runs
from eval.workbench.trec_set import load_trec
from qa_service.settings import Settings


def add_commands(commands: Any) -> None:
    """Its commands beside the others; `commands` is what `add_subparsers` gave."""
    run = commands.add_parser("run", help="measure systems on sets; results and a report go into a folder")
    run.add_argument(
        "sets", nargs="*", metavar="SET", help="interview, transcripts, or a BEIR folder; each may end in :dev"
    )
    trec = ("INDEX", "TOPICS", "QRELS")
    run.add_argument(
        "--trec", type=Path, nargs=3, action="append", default=[], metavar=trec, help="also TREC's, over a built index"
    )
    run.add_argument("--systems", default=",".join(NAMES), help=f"with commas between them ({','.join(NAMES)})")
    run.add_argument("--url", help="also a running service, whose documents must be the set's")
    run.add_argument("--key", help="its key for asking")
    run.add_argument("--trec-run", type=Path, action="append", default=[], metavar="FILE", help="also another's run")
    run.add_argument("--output", type=Path, metavar="DIR", help="the folder (eval/results/<date>-<commit>)")
    run.add_argument("--indexes", type=Path, metavar="DIR", help="keep the built indexes here and use them again")
    run.set_defaults(run=_run)
    compared = commands.add_parser("compare", help="whether one result is better than another, question by question")
    compared.add_argument("results", type=Path, nargs="+", metavar="PATH", help="the first beside each other one")
    compared.add_argument("--changed", type=int, default=10, metavar="N", help="show so many changed questions (10)")
    compared.set_defaults(run=_compare)
    report = commands.add_parser("report", help="one page of results, and their tables in Markdown")
    report.add_argument("results", type=Path, nargs="+", metavar="PATH", help="results of `run`, or folders of them")
    report.add_argument("--output", type=Path, required=True, metavar="DIR", help="where to")
    report.set_defaults(run=_report)
    page = commands.add_parser("benchmarks", help="docs/benchmarks.md from the figures in eval/results/")
    page.set_defaults(run=_benchmarks)
    fetched = commands.add_parser("fetch", help="a public collection from its publishers, as a BEIR folder")
    fetched.add_argument("name", choices=COLLECTIONS)
    fetched.add_argument("--to", type=Path, default=Path("collections"), metavar="DIR", help="where to (collections)")
    fetched.add_argument("--file", type=Path, help="the publisher's file, or a folder of its files, by hand")
    fetched.set_defaults(run=_fetch)
    spans = commands.add_parser("spans", help="how well the quoted part answers, on a file in SQuAD's form or on ours")
    spans.add_argument("file", type=Path, help="such as dev-v2.0.json or xquad.en.json; interview: our own")
    add_save(spans)
    spans.set_defaults(run=_spans)
    _add_judging(commands)


def _add_judging(commands: Any) -> None:
    pool = commands.add_parser("pool", help="what several systems find for your questions, to be judged")
    pool.add_argument("--systems", default=",".join(NAMES), help=f"with commas between them ({','.join(NAMES)})")
    pool.add_argument("--depth", type=int, default=10, help="so many of each (10)")
    pool.set_defaults(run=_pool)
    judge = commands.add_parser("judge", help="a small page on which you grade them with the keys 0 to 3")
    judge.add_argument("--judge", default=getpass.getuser(), help="who judges (the user's name)")
    judge.add_argument("--port", type=int, default=8010, help="on 127.0.0.1 (8010)")
    judge.set_defaults(run=_judge)
    agreement = commands.add_parser("agreement", help="how far two judges agree (Cohen's kappa)")
    agreement.add_argument("judges", nargs=2, metavar="NAME")
    agreement.set_defaults(run=_agreement)
    drift = commands.add_parser("drift", help="judgements whose passage reads otherwise now, or is gone")
    drift.set_defaults(run=_drift)
    for one in (pool, judge, agreement, drift):
        one.add_argument("--set", type=Path, required=True, metavar="DIR", help="with transcripts/ and questions.txt")


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    folder: Path = arguments.output or results_folder()
    competitors = built_in([name for name in arguments.systems.split(",") if name], settings, arguments.indexes)
    if arguments.url:
        competitors.append(running(arguments.url, arguments.key))
    competitors += [written(path) for path in arguments.trec_run]
    sets = [load_set(name, settings) for name in arguments.sets]  # what is wrong with one is told before hours pass
    sets += [load_trec(index, topics, qrels, settings) for index, topics, qrels in arguments.trec]
    if not sets:
        raise ValueError("name a set (interview, transcripts, a folder), or --trec INDEX TOPICS QRELS")
    runs = [measure(one, questions, folder, settings) for questions in sets for one in competitors]
    write_runs(runs, folder)
    write_report(runs, folder)
    summary_of("run", figures(runs), sys.argv[1:]).write(folder)
    print(summary_table(runs))
    print(f"\nresults, TREC runs and report.html are in {folder}")
    return 0


def _compare(arguments: argparse.Namespace, _: Settings) -> int:
    runs = read_results(arguments.results)
    found = compare(runs)
    print(f"{found[0].set}: p-values of a paired randomisation test, corrected for {len(found)} tests (Holm)")
    for one in found:
        print(
            f"  {one.measure:8} {one.first} {one.values[0]:.4f}  {one.second} {one.values[1]:.4f}  "
            f"{one.difference:+.4f}  p={one.corrected:.4f}  wins {one.wins} ties {one.ties} losses {one.losses}"
        )
    _print_changed(runs, found, arguments.changed)
    return 0


def _print_changed(runs: Sequence[RunResult], found: Sequence[Comparison], count: int) -> None:
    """The questions that changed most by the first measure."""
    texts = {r.asked.id: r.asked.text for r in runs[0].results}
    for one in found:
        if one.measure != found[0].measure:
            continue
        order = sorted(one.differences, key=lambda q: -abs(one.differences[q]))[:count]
        print(f"\nmost changed from {one.first} to {one.second}, {one.measure}")
        for question in order:
            if one.differences[question]:
                print(f"  {one.differences[question]:+.3f}  {question}  {texts[question]}")


def _report(arguments: argparse.Namespace, _: Settings) -> int:
    runs = read_results(arguments.results)
    print(write_report(runs, arguments.output))
    return 0


def _benchmarks(_: argparse.Namespace, __: Settings) -> int:
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE)
    return 0


def _fetch(arguments: argparse.Namespace, _: Settings) -> int:
    print(fetch(arguments.name, arguments.to, arguments.file))
    return 0


def _spans(arguments: argparse.Namespace, settings: Settings) -> int:
    own = arguments.file == Path("interview")
    with tempfile.TemporaryDirectory() as scratch:
        found = score_own_spans(settings) if own else score_spans(arguments.file, settings, Path(scratch))
    print(json.dumps(asdict(found)))
    save(arguments, f"spans-{arguments.file.stem}", asdict(found))
    return 0


def _pool(arguments: argparse.Namespace, settings: Settings) -> int:
    pooled = pool_of(arguments.set, built_in(arguments.systems.split(","), settings, None), arguments.depth)
    write_pool(arguments.set, pooled)
    count = sum(len(one.passages) for one in pooled)
    print(f"{count} passages for {len(pooled)} questions; judge them with: python -m eval judge --set {arguments.set}")
    return 0


def _judge(arguments: argparse.Namespace, _: Settings) -> int:
    serve_judging(arguments.set, arguments.judge, arguments.port)
    return 0


def _agreement(arguments: argparse.Namespace, _: Settings) -> int:
    value, count = kappa(read_judgements(arguments.set), *arguments.judges)
    print(f"Cohen's kappa {value:.3f} on {count} passages that both judged")
    return 0


def _drift(arguments: argparse.Namespace, _: Settings) -> int:
    judgements = read_judgements(arguments.set)
    changed, gone = drifted(judgements, passages_of(read_transcripts(arguments.set)))
    for what, found in (("reads otherwise now", changed), ("is gone", gone)):
        for one in found:
            print(f"{one.passage} {what}; {one.judge} gave it {one.grade} for question {one.question}")
    print(
        f"{len(judgements)} judgements, {len(changed)} of passages that changed, {len(gone)} of passages that are gone"
    )
    return int(bool(changed or gone))
