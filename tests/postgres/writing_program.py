"""A writer in a process of its own, to be killed: puts documents one after the other and tells each that is there.

`python -m tests.postgres.writing_program URL FOLDER NAME`
"""

import sys
from itertools import count
from pathlib import Path

from qa_service.errors import QAServiceError
from qa_service.postgres.connecting import Database
from qa_service.postgres.writing import Writer
from tests import fakes
from tests.postgres.documents import BEES, kept

PER_DOCUMENT = 5


def main(url: str, folder: str, name: str) -> None:
    """Write until killed."""
    writer = Writer(Database(url), Path(folder), lambda _: fakes.FakeEncoder())
    for number in count():
        said = "".join(f"\nIda Moss: Swarm {n} of {name}x{number} winters in oak.\n" for n in range(PER_DOCUMENT))
        try:
            writer.put([kept(f"{name}-{number % 3}", BEES + said)])
        except QAServiceError:
            continue  # the server is away; whether it was kept is not known
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
