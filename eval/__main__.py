"""The command line of the evaluation."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.beir import evaluate, load_collection, search, write_run
from eval.indexes import index_of
from eval.question_sets import load_questions
from eval.questions import Scored, by_category, score_questions, summarise
from qa_service.errors import QAServiceError
from qa_service.settings import Settings
from qa_service.sources.folder import read_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Run one evaluation; 0 when it worked."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, Settings()))
    except (QAServiceError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m eval", description="Measure the service.")
    commands = parser.add_subparsers(required=True)
    questions = commands.add_parser("questions", help="the project's own questions over the interview")
    questions.add_argument("--split", choices=["dev", "test"], help="only one (both)")
    questions.add_argument("--json", action="store_true", help="print JSON instead of tables")
    questions.set_defaults(run=_questions)
    beir = commands.add_parser("beir", help="a BEIR folder")
    beir.add_argument("folder", type=Path, metavar="DIR")
    beir.add_argument("--queries", type=Path, help="instead of DIR/queries.jsonl")
    beir.add_argument("--qrels", type=Path, help="instead of DIR/qrels/test.tsv")
    beir.add_argument(
        "--scope", type=Path, help="query-id TAB value: search only passages whose metadata.meeting has it"
    )
    beir.add_argument("--run", dest="run_file", type=Path, help="also write a TREC run")
    beir.add_argument("--index", type=Path, help="keep the built index here and use it again")
    beir.add_argument("--json", action="store_true", help="print one JSON object (also the default)")
    beir.set_defaults(run=_beir)
    return parser


def _questions(arguments: argparse.Namespace, settings: Settings) -> int:
    report = {}
    with index_of(read_folder(settings.source_dir).transcripts, settings) as retriever:
        for split in [arguments.split] if arguments.split else ["dev", "test"]:
            scored = score_questions(retriever, load_questions(split=split))
            summary = summarise(scored, retriever.threshold)
            report[split] = {name: [e.value, e.low, e.high] for name, e in summary.items()}
            if not arguments.json:
                _print_tables(split, scored, {name: str(e) for name, e in summary.items()})
    if arguments.json:
        print(json.dumps(report, indent=2))
    return 0


def _print_tables(split: str, scored: Sequence[Scored], summary: dict[str, str]) -> None:
    print(f"\n{split}: {len(scored)} questions")
    for name, text in summary.items():
        print(f"  {name:24} {text}")
    print("  by category (nDCG@10 where answerable, else AUROC against the answerable ones)")
    for category, (count, result) in by_category(scored).items():
        print(f"  {category:24} {result}  n={count}")


def _beir(arguments: argparse.Namespace, settings: Settings) -> int:
    collection = load_collection(arguments.folder, arguments.queries, arguments.qrels, arguments.scope)
    with index_of(collection.transcripts, settings, arguments.index) as retriever:
        run = search(retriever, collection)
    if arguments.run_file:
        write_run(arguments.run_file, run)
    print(json.dumps({"collection": arguments.folder.name} | evaluate(collection, run)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
