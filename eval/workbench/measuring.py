"""Has systems rank the questions of a set, so that an interrupted run goes on where it was."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tqdm import tqdm

from eval.workbench.elsewhere import Service, Written
from eval.workbench.results import Progress, Result, RunResult, circumstances
from eval.workbench.sets import Asked, Corpus, QuestionSet
from eval.workbench.systems import DEPTH, NAMES, System, opened
from qa_service.settings import Settings

SHOWN_FIRST = 3  # passages of a question whose words are kept for the report
SHOWN = ("model", "question_encoder", "index_factory", "false_answers")  # of the settings, what changes results


@dataclass(frozen=True, slots=True)
class Competitor:
    """A system by name, and how it is opened over a corpus."""

    name: str
    opened: Callable[[Corpus], AbstractContextManager[System]]


def built_in(names: Sequence[str], settings: Settings, indexes: Path | None) -> list[Competitor]:
    """The systems of that name. Raises ValueError for one there is not."""
    for name in names:
        if name not in NAMES:
            raise ValueError(f"no system {name!r}; there are {', '.join(NAMES)}, --url and --trec-run")
    return [Competitor(name, partial(_opened, name, settings, indexes)) for name in names]


def running(url: str, key: str | None) -> Competitor:
    """A service that runs."""
    return Competitor("service", lambda corpus: Service(url, corpus.passages, key))


def written(path: Path) -> Competitor:
    """Another system's run, named as its file."""
    return Competitor(path.stem, lambda _: nullcontext(Written(path)))


def measure(competitor: Competitor, questions: QuestionSet, folder: Path, settings: Settings) -> RunResult:
    """Every question of the set; the result is also written into the folder."""
    progress, texts = Progress(folder, competitor.name, questions), dict[str, str]()
    with tqdm(total=len(questions.asked), desc=f"{questions.name} {competitor.name}", unit=" questions") as bar:
        for corpus in questions.corpora:
            left = [one for one in corpus.asked if one.id not in progress.done]
            bar.update(len(corpus.asked) - len(left))
            if left:
                with competitor.opened(corpus) as system:
                    for one in left:
                        progress.add(_result(one, system))
                        bar.update()
            texts |= _shown(corpus, [progress.done[one.id] for one in corpus.asked])
    run = RunResult(
        competitor.name,
        questions.name,
        questions.sha256,
        questions.tuned_on,
        questions.relevant_from,
        circumstances({name: getattr(settings, name) for name in SHOWN}),
        [progress.done[one.id] for one in questions.asked],
        texts,
    )
    run.write(folder)
    progress.finish()
    return run


def _result(asked: Asked, system: System) -> Result:
    ranked = system.rank(asked)
    best = sorted(ranked.run.items(), key=lambda item: -item[1])[:DEPTH]
    return Result(asked, replace(ranked, run=dict(best)))


def _shown(corpus: Corpus, results: Sequence[Result]) -> dict[str, str]:
    """The words of what came first and of what should have."""
    texts = corpus.texts()
    wanted = {passage for r in results for passage in (*list(r.ranked.run)[:SHOWN_FIRST], *r.asked.grades)}
    return {passage: texts[passage] for passage in sorted(wanted) if passage in texts}


def _opened(name: str, settings: Settings, indexes: Path | None, corpus: Corpus) -> AbstractContextManager[System]:
    return opened(name, corpus, settings, indexes)
