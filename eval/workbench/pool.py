"""What several systems find, put together so that people judge it without knowing which system found what."""

import random
from collections.abc import Sequence
from pathlib import Path

from eval.workbench.measuring import Competitor
from eval.workbench.own_set import Pooled, read_questions, read_transcripts
from eval.workbench.sets import Asked, Corpus


def pool_of(folder: Path, competitors: Sequence[Competitor], depth: int) -> list[Pooled]:
    """For each question of a set the `depth` best passages of each system, in an order that tells nothing.

    Pooling after Spärck Jones & van Rijsbergen (1975).
    """
    questions = read_questions(folder)
    corpus = Corpus(folder.name, read_transcripts(folder), [])
    found: dict[str, set[str]] = {name: set() for name in questions}
    for competitor in competitors:
        with competitor.opened(corpus) as system:
            for name, text in questions.items():
                run = system.rank(Asked(name, text, "", {})).run
                found[name] |= set(sorted(run, key=lambda passage: -run[passage])[:depth])
    return [Pooled(name, random.Random(name).sample(sorted(of), len(of))) for name, of in found.items()]
