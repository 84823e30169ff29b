"""The command line of the evaluation."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from eval.ablation import ablate
from eval.adapter_data import HELD_OUT
from eval.beir import evaluate, load_collection, search, write_run
from eval.cost import cost_of_a_question
from eval.development import Example, evaluation_index, own_examples, public_examples
from eval.gate import fallen, measure_gate, read_committed, write_committed
from eval.growth import grow
from eval.indexes import index_of
from eval.learning import learn_all
from eval.named import named_tables
from eval.no_harm import compare_with_base
from eval.question_sets import load_questions
from eval.questions import Scored, score_other_transcripts, score_questions, score_second_judge, summarise
from eval.speed import measure
from eval.speed_report import markdown, ratios
from eval.storage import compare_storage
from eval.tables import print_harm, print_tables
from eval.workbench.commands import add_workbench
from qa_service.composition import build_index, index_is_current, open_retriever
from qa_service.errors import QAServiceError
from qa_service.indexing.weights import Weights
from qa_service.retrieval.fusion import FusionWeights
from qa_service.settings import Settings
from qa_service.sources.folder import read_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Run one evaluation; 0 when it worked."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, Settings()))
    except (QAServiceError, ValueError, OSError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m eval", description="Measure the service.")
    commands = parser.add_subparsers(required=True)
    questions = commands.add_parser("questions", help="the project's own questions: interview, other transcripts")
    questions.add_argument("--split", choices=["dev", "test"], help="only one (both)")
    questions.add_argument("--json", action="store_true", help="print JSON instead of tables")
    questions.add_argument("--second-judge", action="store_true", help="how far a second judge agrees with the first")
    questions.set_defaults(run=_questions)
    named = commands.add_parser("named", help="questions that name who, where or when")
    named.add_argument("--split", choices=["dev", "test"], default="dev", help="dev: interview; test: all (dev)")
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
    harm.set_defaults(run=_no_harm)
    gate = commands.add_parser("gate", help="fail where quality fell behind what is committed")
    gate.add_argument("--write", action="store_true", help="commit to the values as they are now")
    gate.set_defaults(run=_gate)
    learn = commands.add_parser("learn", help="learn the fusion weights and the confidence model on dev data")
    learn.add_argument("collections", type=Path, nargs="*", metavar="DIR", help="public collections to learn on too")
    learn.add_argument("--dry-run", action="store_true", help="report, but don't write the weights")
    learn.set_defaults(run=_learn)
    ablate_ = commands.add_parser("ablate", help="what each ranking signal is worth")
    ablate_.add_argument("collections", type=Path, nargs="*", metavar="DIR", help="public collections to include")
    ablate_.add_argument("--split", choices=["dev", "test"], default="test", help="which questions (test)")
    ablate_.set_defaults(run=_ablate)
    storage = commands.add_parser("storage", help="token storage against ranking quality")
    storage.add_argument("folder", type=Path, metavar="DIR")
    storage.set_defaults(run=_storage)
    cost = commands.add_parser("cost", help="the time of a question, all signals against the vector alone")
    cost.add_argument("index", type=Path, metavar="DIR", nargs="*", help="indexes, as growth keeps (the interview's)")
    cost.set_defaults(run=_cost)
    _add_measurements(commands)
    _add_training(commands)
    add_workbench(commands)
    return parser


def _add_training(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    adapt = commands.add_parser("adapt", help="train adapter and question encoder on dev data (a GPU, or days)")
    adapt.add_argument("collections", type=Path, nargs="*", metavar="DIR", help="public collections to train on too")
    adapt.add_argument("--output", type=Path, required=True, metavar="DIR", help="the folder to write both files to")
    adapt.add_argument("--adapter", type=Path, metavar="FILE", help="train only the question encoder, after this one")
    adapt.add_argument("--device", default="cpu", help="where torch computes: cpu, cuda (cpu)")
    adapt.add_argument(
        "--bfloat16", action="store_true", help="for the question encoder; fast where a processor has it"
    )
    adapt.add_argument("--steps", type=int, metavar="N", help="steps of the question encoder (40,000)")
    adapt.set_defaults(run=_adapt)


def _add_measurements(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    speed = commands.add_parser("speed", help="the running pipeline by stage and over HTTP, beside two peers")
    speed.add_argument("--repetitions", type=int, default=3)
    speed.add_argument("--peers", type=Path, metavar="DIR", help="install the peers here and measure them too")
    speed.add_argument("--output", type=Path, metavar="DIR", help="write speed.json and speed.md there")
    speed.set_defaults(run=_speed)
    growth = commands.add_parser("growth", help="build time, disk, memory, speed and recall at given sizes")
    growth.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000], metavar="N", help="statements")
    growth.add_argument("--keep", type=Path, help="keep the built indexes here")
    growth.set_defaults(run=_growth)


def _questions(arguments: argparse.Namespace, settings: Settings) -> int:
    threshold = Weights.read().thresholds[settings.false_answers]
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
    return 0


def _named(arguments: argparse.Namespace, settings: Settings) -> int:
    for title, table in named_tables(settings, arguments.split).items():
        print(f"\n{title}")
        for name, measures in table.items():
            print(f"  {name}", *(f"    {what:24} {value}" for what, value in measures.items()), sep="\n")
    return 0


def _no_harm(arguments: argparse.Namespace, settings: Settings) -> int:
    found = [one for folder in arguments.collections for one in compare_with_base(folder, settings)]
    print_harm(found)
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


def _learn(arguments: argparse.Namespace, settings: Settings) -> int:
    weights = learn_all(_examples(arguments.collections, settings, "dev", HELD_OUT))
    if not arguments.dry_run:
        weights.write()
    return 0


def _examples(
    collections: Sequence[Path], settings: Settings, split: str, documents: Sequence[str] = ()
) -> list[Example]:
    examples = list(own_examples(settings, split, documents))
    for folder in collections:
        examples += public_examples(folder, settings, split)
    return examples


def _ablate(arguments: argparse.Namespace, settings: Settings) -> int:
    examples = _examples(arguments.collections, settings, arguments.split)
    table = ablate(examples, FusionWeights.of(Weights.read()))
    print(f"nDCG@10 on {arguments.split} questions: value, difference to all signals, p of a paired t-test")
    for name, groups in table.items():
        cells = (f"{group} {w.value:.3f} {w.difference:+.3f} p={w.p:.3f}" for group, w in groups.items())
        print(f"  {name:28} " + " | ".join(cells))
    return 0


def _storage(arguments: argparse.Namespace, settings: Settings) -> int:
    collection = load_collection(arguments.folder)
    with index_of(collection.transcripts, settings, evaluation_index(settings, arguments.folder)) as retriever:
        for stored in compare_storage(retriever, collection):
            print(f"{stored.name:26} {stored.bytes_per_token:5} bytes a token  nDCG@10 {stored.ndcg:.4f}")
    return 0


def _cost(arguments: argparse.Namespace, settings: Settings) -> int:
    questions = [q.text for q in load_questions()]
    for index in arguments.index or [settings.index_dir]:
        with closing(open_retriever(settings.model_copy(update={"index_dir": index}))) as retriever:
            print(f"{len(retriever.generation.store)} statements, {len(questions)} questions")
            for name, middle, slow in cost_of_a_question(retriever, questions):
                print(f"  {name:18} median {middle:6.2f} ms  p99 {slow:6.2f} ms")
    return 0


def _speed(arguments: argparse.Namespace, settings: Settings) -> int:
    if not index_is_current(settings):
        build_index(settings)
    report = measure(settings, arguments.peers, arguments.repetitions)
    report["ratios"] = ratios(report)
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        (arguments.output / "speed.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        (arguments.output / "speed.md").write_text(markdown(report), encoding="utf-8")
    print(markdown(report))
    return 0


def _growth(arguments: argparse.Namespace, settings: Settings) -> int:
    for report in grow(settings, arguments.sizes, arguments.keep):
        print(json.dumps(report), flush=True)
    return 0


def _adapt(arguments: argparse.Namespace, settings: Settings) -> int:
    from eval.training import train_both  # needs torch

    options = {name: getattr(arguments, name) for name in ("adapter", "device", "bfloat16", "steps")}
    train_both(settings, arguments.collections, arguments.output, **options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
