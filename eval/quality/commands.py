"""The command line of quality: questions, named, beir, no-harm, gate, ablate, storage, subset."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.datasets.beir import load_collection
from eval.datasets.examples import evaluation_index, examples_of
from eval.datasets.indexes import index_of
from eval.datasets.own import load_questions
from eval.datasets.subset import write_subset
from eval.quality.ablation import ablate
from eval.quality.beir import evaluate, search, write_run
from eval.quality.gate import fallen, measure_gate, read_committed, write_committed
from eval.quality.named import named_tables
from eval.quality.no_harm import compare_with_base
from eval.quality.own_questions import (
    Scored,
    score_other_transcripts,
    score_questions,
    score_second_judge,
    summarise,
)
from eval.quality.tables import print_harm, print_tables
from eval.quality.token_storage import compare_storage
from eval.summaries import add_save, save
from qa_service.indexing.weights import Weights
from qa_service.retrieval.fusion import FusionWeights
from qa_service.settings import Settings
from qa_service.sources.folder import read_folder


def add_commands(commands: Any) -> None:
    """Its commands beside the others; `commands` is what `add_subparsers` gave."""
    questions = commands.add_parser("questions", help="the project's own questions: interview, other transcripts")
    questions.add_argument("--split", choices=["dev", "test"], help="only one (both)")
    questions.add_argument("--json", action="store_true", help="print JSON instead of tables")
    questions.add_argument("--second-judge", action="store_true", help="how far a second judge agrees with the first")
    add_save(questions)
    questions.set_defaults(run=_questions)
    named = commands.add_parser("named", help="questions that name who, where or when")
    named.add_argument("--split", choices=["dev", "test"], default="dev", help="dev: interview; test: all (dev)")
    add_save(named)
    named.set_defaults(run=_named)
    beir = commands.add_parser("beir", help="a BEIR folder")
    beir.add_argument("folder", type=Path, metavar="DIR")
    beir.add_argument("--queries", type=Path, help="instead of DIR/queries.jsonl")
    beir.add_argument("--qrels", type=Path, help="instead of DIR/qrels/test.tsv")
    beir.add_argument("--scope", type=Path, help="query-id TAB value: search only passages of that metadata.meeting")
    beir.add_argument("--run", dest="run_file", type=Path, help="also write a TREC run")
    beir.add_argument("--index", type=Path, help="keep the built index here and use it again")
    beir.add_argument("--json", action="store_true", help="print one JSON object (also the default)")
    beir.set_defaults(run=_beir)
    harm = commands.add_parser("no-harm", help="fail where BM25, or the model we started from, ranks real text better")
    harm.add_argument("collections", type=Path, nargs="+", metavar="DIR", help="public collections")
    add_save(harm)
    harm.set_defaults(run=_no_harm)
    gate = commands.add_parser("gate", help="fail where quality fell behind what is committed")
    gate.add_argument("--write", action="store_true", help="commit to the values as they are now")
    gate.set_defaults(run=_gate)
    ablate_ = commands.add_parser("ablate", help="what each ranking signal is worth")
    ablate_.add_argument("collections", type=Path, nargs="*", metavar="DIR", help="public collections to include")
    ablate_.add_argument("--split", choices=["dev", "test"], default="test", help="which questions (test)")
    add_save(ablate_)
    ablate_.set_defaults(run=_ablate)
    storage = commands.add_parser("storage", help="token storage against ranking quality")
    storage.add_argument("folder", type=Path, metavar="DIR")
    add_save(storage)
    storage.set_defaults(run=_storage)
    subset = commands.add_parser("subset", help="a small part of a public collection's test half, chosen by hash")
    subset.add_argument("folder", type=Path, metavar="DIR")
    subset.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder to write")
    for what, count in (("questions", 100), ("unanswerable", 60), ("passages", 240)):
        subset.add_argument(f"--{what}", type=int, default=count, metavar="N", help=f"so many ({count})")
    subset.set_defaults(run=_subset)


def _questions(arguments: argparse.Namespace, settings: Settings) -> int:
    threshold = Weights.read().threshold(settings.false_answers)
    scored: dict[str, list[Scored]] = {}
    if arguments.second_judge:
        if arguments.json or arguments.split:
            raise ValueError("--second-judge stands alone")
        for what, value in summarise(score_second_judge(), threshold).items():
            print(f"{what:24} {value}")
        return 0
    with index_of(read_folder(settings.source_dir).transcripts, settings) as retriever:
        for split in [arguments.split] if arguments.split else ["dev", "test"]:
            scored[split] = score_questions(retriever, load_questions(split=split))
    if arguments.split != "dev":
        scored["test, other transcripts"] = score_other_transcripts(settings, "test")
    report = {}
    for name, answers in scored.items():
        summary = summarise(answers, threshold)
        report[name] = {what: [e.value, e.low, e.high] for what, e in summary.items()}
        if not arguments.json:
            print_tables(name, answers, {what: str(e) for what, e in summary.items()})
    if arguments.json:
        print(json.dumps(report, indent=2))
    save(arguments, "questions", report)
    return 0


def _named(arguments: argparse.Namespace, settings: Settings) -> int:
    tables = named_tables(settings, arguments.split)
    for title, table in tables.items():
        print(f"\n{title}")
        for name, measures in table.items():
            print(f"  {name}", *(f"    {what:24} {value}" for what, value in measures.items()), sep="\n")
    values = {
        title: {name: {what: one.value for what, one in row.items()} for name, row in table.items()}
        for title, table in tables.items()
    }
    save(arguments, f"named-{arguments.split}", values)
    return 0


def _no_harm(arguments: argparse.Namespace, settings: Settings) -> int:
    found = [one for folder in arguments.collections for one in compare_with_base(folder, settings)]
    print_harm(found)
    save(arguments, "no-harm", [asdict(one) for one in found])
    return int(any(one.harms for one in found))


def _gate(arguments: argparse.Namespace, settings: Settings) -> int:
    measured = measure_gate(settings)
    print(json.dumps(measured, indent=2))
    if arguments.write:
        write_committed(measured)
    found = fallen(measured, read_committed())
    print(*found or ["nothing fell behind"], sep="\n", file=sys.stderr)
    return int(bool(found))


def _beir(arguments: argparse.Namespace, settings: Settings) -> int:
    collection = load_collection(arguments.folder, arguments.queries, arguments.qrels, arguments.scope)
    with index_of(collection.transcripts, settings, arguments.index) as retriever:
        run = search(retriever, collection)
    if arguments.run_file:
        write_run(arguments.run_file, run)
    print(json.dumps({"collection": arguments.folder.name} | evaluate(collection, run)))
    return 0


def _ablate(arguments: argparse.Namespace, settings: Settings) -> int:
    examples = examples_of(arguments.collections, settings, arguments.split)
    table = ablate(examples, FusionWeights.of(Weights.read()))
    print(f"nDCG@10 on {arguments.split} questions: value, difference to all signals, p of a paired t-test")
    for name, groups in table.items():
        cells = (f"{group} {w.value:.3f} {w.difference:+.3f} p={w.p:.3f}" for group, w in groups.items())
        print(f"  {name:28} " + " | ".join(cells))
    worth = {name: {group: asdict(w) for group, w in groups.items()} for name, groups in table.items()}
    save(arguments, f"ablate-{arguments.split}", worth)
    return 0


def _subset(arguments: argparse.Namespace, _: Settings) -> int:
    counts = {name: getattr(arguments, name) for name in ("questions", "unanswerable", "passages")}
    write_subset(arguments.folder, arguments.to, **counts)
    return 0


def _storage(arguments: argparse.Namespace, settings: Settings) -> int:
    collection = load_collection(arguments.folder)
    with index_of(collection.transcripts, settings, evaluation_index(settings, arguments.folder)) as retriever:
        found = []
        for stored in compare_storage(retriever, collection):
            print(f"{stored.name:26} {stored.bytes_per_token:5} bytes a token  nDCG@10 {stored.ndcg:.4f}", flush=True)
            found.append(asdict(stored))
    save(arguments, f"storage-{arguments.folder.name}", found)
    return 0
