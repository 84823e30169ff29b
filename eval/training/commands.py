"""The command line of training: learn, adapt."""

import argparse
from pathlib import Path
from typing import Any

from eval.datasets.examples import examples_of
from eval.datasets.own import HELD_OUT, documents_of
from eval.training.weights import learn_all
from qa_service.settings import Settings


def add_commands(commands: Any) -> None:
    """Its commands beside the others; `commands` is what `add_subparsers` gave."""
    learn = commands.add_parser("learn", help="learn the fusion weights and the confidence model on dev data")
    learn.add_argument("collections", type=Path, nargs="*", metavar="DIR", help="public collections to learn on too")
    learn.add_argument("--dry-run", action="store_true", help="report, but don't write the weights")
    learn.set_defaults(run=_learn)
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


def _learn(arguments: argparse.Namespace, settings: Settings) -> int:
    weights = learn_all(examples_of(arguments.collections, settings, "dev", documents_of(HELD_OUT)))
    if not arguments.dry_run:
        weights.write()
    return 0


def _adapt(arguments: argparse.Namespace, settings: Settings) -> int:
    from eval.training.run import train_both  # needs torch

    options = {name: getattr(arguments, name) for name in ("adapter", "device", "bfloat16", "steps")}
    train_both(settings, arguments.collections, arguments.output, **options)
    return 0
