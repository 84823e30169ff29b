"""The command line of the evaluation: each room has commands of its own."""

import argparse
import sys
from collections.abc import Sequence

from eval.quality.commands import add_commands as add_quality
from eval.speed.commands import add_commands as add_speed
from eval.training.commands import add_commands as add_training
from eval.workbench.commands import add_commands as add_workbench
from qa_service.errors import QAServiceError
from qa_service.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one evaluation; 0 when it worked."""
    parser = argparse.ArgumentParser("python -m eval", description="Measure the service.")
    commands = parser.add_subparsers(required=True)
    for add_commands in (add_quality, add_training, add_speed, add_workbench):
        add_commands(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments, Settings()))
    except (QAServiceError, ValueError, OSError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
