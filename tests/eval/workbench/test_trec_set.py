"""TREC topics and judgements over a built index, with the fake encoder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import eval.__main__ as command
from eval.workbench import systems
from eval.workbench.results import RunResult
from eval.workbench.trec_set import load_trec, read_qrels, read_topics
from qa_service.records import Transcript
from qa_service.settings import Settings
from tests import fakes
from tests.eval.workbench.test_run import index_of

TOPICS = """\
<top>
<num> Number: 401
<title> how many trams run at night
<desc> Description:
What is said of trams at night?
</top>
<top>
<num> 402 </num>
<title>
purple apples
</top>
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fakes.build_index(tmp_path / "built")

    def opened(settings: Settings) -> Any:
        return fakes.open_retriever(settings.index_dir)

    monkeypatch.setattr(systems, "index_of", index_of)
    monkeypatch.setattr(systems, "open_retriever", opened)
    return tmp_path / "built"


def settings() -> Settings:
    """Those of the fake index."""
    return Settings(model=fakes.MODEL)


def statements(index: Path) -> dict[str, str]:
    """Of the index, by id."""
    with fakes.opened(index) as retriever:
        return {one.id: one.text for one in retriever.generation.store.all_statements()}


def files(topics: str = TOPICS, qrels: str = "") -> tuple[Path, Path]:
    """Both files, in the working directory."""
    Path("topics.txt").write_text(topics)
    Path("judged.txt").write_text(qrels)
    return Path("topics.txt"), Path("judged.txt")


def test_a_built_index_is_measured_as_it_is(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = next(iter(statements(index)))
    monkeypatch.setenv("QA_SERVICE_MODEL", fakes.MODEL)
    topics, qrels = files(qrels=f"401 0 {first} 1\n402 0 {first} 0\n")
    arguments = ["run", "--trec", str(index), str(topics), str(qrels), "--systems", "default,bm25", "--output", "out"]

    def never(transcripts: Sequence[Transcript], *_: Any) -> Any:
        raise AssertionError("the index there is was to be used")

    monkeypatch.setattr(systems, "index_of", never)
    assert command.main(arguments) == 0
    assert "| topics | default | 2 |" in capsys.readouterr().out
    run = RunResult.read(Path("out/topics.default.json"))
    assert [(r.asked.id, r.asked.answerable) for r in run.results] == [("401", True), ("402", False)]
    assert set(run.results[0].ranked.run) <= set(statements(index))


def test_the_transcripts_of_an_index_are_those_it_was_built_of(index: Path) -> None:
    first = next(iter(statements(index)))
    (corpus,) = load_trec(index, *files(qrels=f"401 0 {first} 1\n"), settings()).corpora
    wanted = fakes.two_transcripts()
    assert [t.document.text for t in corpus.transcripts] == [t.document.text for t in wanted]
    answers = [[a for e in t.exchanges for a in e.answers] for t in corpus.transcripts]
    assert answers == [[a for e in t.exchanges for a in e.answers] for t in wanted]


def test_topics_are_read_in_every_form(index: Path) -> None:
    assert read_topics(files()[0]) == {"401": "how many trams run at night", "402": "purple apples"}
    plain, _ = files("7\twho pays the levy\n\n8\tapples\n")
    assert read_topics(plain) == {"7": "who pays the levy", "8": "apples"}
    marked, _ = files('<topics>\n<topic number="9">\n<query>who pays</query>\n</topic>\n</topics>\n')
    assert read_topics(marked) == {"9": "who pays"}


@pytest.mark.parametrize(
    ("topics", "line"),
    [
        ("7\tapples\n8 no tab\n", "2: `id TAB question` expected"),
        ("7\tapples\n7\tpears\n", "2: topic '7' comes twice"),
        ("7\tapples\n8\t \n", "2: topic '8' has no words"),
        ("<top>\n<title> apples\n", "2: a title before any topic's number"),
        ("<top>\n<num> 5\n<title>\n</top>\n", "4: topic '5' has no words"),
        ("\n", " holds no topic"),
    ],
)
def test_a_topic_that_is_off_is_named_with_its_line(index: Path, topics: str, line: str) -> None:
    path, _ = files(topics)
    with pytest.raises(ValueError, match="topics.txt:?" + line):
        read_topics(path)


@pytest.mark.parametrize(
    ("qrels", "reason"),
    [
        ("401 0 {0} 1\n401 0 {0} high\n", r"judged\.txt:2: `topic 0 passage grade` expected"),
        ("401 0 {0} 1\n\n401 0 gone#3 1\n", r"judged\.txt:3: 'gone#3' is judged, but the index has no such passage"),
        ("401 0 nowhere 1\n", r"judged\.txt:1: 'nowhere' is judged"),
        ("401 0 {0} 1\n499 0 {0} 1\n", r"judged\.txt:2: '499' is judged, but topics\.txt has no such topic"),
    ],
)
def test_a_judgement_that_is_off_is_named_with_its_line(index: Path, qrels: str, reason: str) -> None:
    first = next(iter(statements(index)))
    with pytest.raises(ValueError, match=reason):
        load_trec(index, *files(qrels=qrels.format(first)), settings())


def test_the_parts_of_a_passage_count_for_it(index: Path) -> None:
    _, path = files(qrels="1 0 m#3.2 1\n1 0 m#3.1 2\n1 0 m#4 0\n")
    assert read_qrels(path, {"m#3", "m#4"})["1"] == (1, {"m#3": 2, "m#4": 0})


def test_without_any_set_it_is_told_what_to_name(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["run"]) == 1
    assert "--trec INDEX TOPICS QRELS" in capsys.readouterr().err
