"""The command line of speed: cost, speed, growth."""

import argparse
import json
from contextlib import closing
from pathlib import Path
from typing import Any

from eval.datasets.own import load_questions
from eval.speed.benchmark import measure
from eval.speed.collection import measure_collection
from eval.speed.report import markdown, ratios
from eval.speed.scaling import grow
from eval.speed.signal_latency import cost_of_a_question
from eval.summaries import add_save, save
from qa_service.composition import build_index, index_is_current, open_retriever
from qa_service.settings import Settings


def add_commands(commands: Any) -> None:
    """Its commands beside the others; `commands` is what `add_subparsers` gave."""
    cost = commands.add_parser("cost", help="the time of a question, all signals against the vector alone")
    cost.add_argument("index", type=Path, metavar="DIR", nargs="*", help="indexes, as growth keeps (the interview's)")
    add_save(cost)
    cost.set_defaults(run=_cost)
    speed = commands.add_parser("speed", help="the running pipeline by stage and over HTTP, beside two peers")
    speed.add_argument("--repetitions", type=int, default=3)
    speed.add_argument("--peers", type=Path, metavar="DIR", help="install the peers here and measure them too")
    speed.add_argument("--output", type=Path, metavar="DIR", help="write speed.json and speed.md there")
    speed.add_argument("--collection", type=Path, metavar="DIR", help="instead: a BEIR folder over HTTP")
    for name, count, what in (("clients", 16, "at once"), ("top-k", 100, "results"), ("workers", 2, "processes")):
        speed.add_argument(f"--{name}", type=int, default=count, metavar="N", help=f"of --collection: {what} ({count})")
    add_save(speed)
    speed.set_defaults(run=_speed)
    growth = commands.add_parser("growth", help="build time, disk, memory, speed and recall at given sizes")
    growth.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000], metavar="N", help="statements")
    growth.add_argument("--keep", type=Path, help="keep the built indexes here")
    add_save(growth)
    growth.set_defaults(run=_growth)


def _cost(arguments: argparse.Namespace, settings: Settings) -> int:
    questions, found = [q.text for q in load_questions()], []
    for index in arguments.index or [settings.index_dir]:
        with closing(open_retriever(settings.model_copy(update={"index_dir": index}))) as retriever:
            print(f"{len(retriever.generation.store)} statements, {len(questions)} questions")
            for name, middle, slow in cost_of_a_question(retriever, questions):
                print(f"  {name:18} median {middle:6.2f} ms  p99 {slow:6.2f} ms")
                found.append({"statements": len(retriever.generation.store), "what": name, "p50": middle, "p99": slow})
    save(arguments, "cost", found)
    return 0


def _speed(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.collection:
        options = {name: getattr(arguments, name) for name in ("clients", "top_k", "repetitions", "workers")}
        found = measure_collection(settings, arguments.collection, **options)
        print(json.dumps(found, indent=2))
        save(arguments, f"speed-{arguments.collection.name}", found)
        return 0
    if not index_is_current(settings):
        build_index(settings)
    report = measure(settings, arguments.peers, arguments.repetitions)
    report["ratios"] = ratios(report)
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "speed.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        (arguments.output / "speed.md").write_text(markdown(report), encoding="utf-8")
    print(markdown(report))
    save(arguments, "speed", report)
    return 0


def _growth(arguments: argparse.Namespace, settings: Settings) -> int:
    found = []
    for report in grow(settings, arguments.sizes, arguments.keep):
        print(json.dumps(report), flush=True)
        found.append(report)
    save(arguments, "growth", found)
    return 0
