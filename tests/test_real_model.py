"""The whole way with the real model: command line, export, serving. Builds the interview's index once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService, Options
from qa_service.api.app import create_app
from qa_service.cli import main
from qa_service.composition import open_service
from qa_service.encoder.export import export_encoder
from qa_service.encoder.files import EncoderSettings
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.packages import MINILM
from qa_service.errors import ModelError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.settings import Settings
from qa_service.sources.statements import fit_window
from tests.api.conftest import eventually, is_ready
from tests.conftest import ROOT

pytestmark = pytest.mark.model

BANKS = "What is being done so that banks lend to small companies?"
LOANS = "industry-minister-interview-2023#25"

PLAIN = "all-MiniLM-L6-v2"
# The first five numbers of the model's own fp32 embedding: another model, tokenizer or pooling gives others.
HELLO_WORLD = [-0.03447726, 0.03102326, 0.00673502, 0.02610894, -0.03936203]

SENTENCES = """\
How many trams run at night?
Banks should lend to small companies on better terms.
The harbour levy was raised by two cents in March.
What progress has the digital economy made?
Nobody was at the station on Sunday.
GDP grew by 5.2% year-on-year in Q3/2023.
Die Straßenbahn fährt um halb acht.
¿Quién paga a los conductores?
中国的数字经济发展得怎么样？
wen does the new gravty satelite start
small firms loans interest rates
The minister declined to say whether the ministry would publish the figures before the end of the year.
Half of the apples withered on the branches, and cider will become dearer.
Artificial intelligence, quantum computing and 6G are named as future industries.
He said: "We will not raise the fee."
Ö, é, ñ and ß are letters.
5G+ Industrial Internet
Should we be worried about it?
A surgeon operates on one Friday in the month, in the district hospital.
The second is to further promote the reconstruction of industrial bases.""".splitlines()


@dataclass(frozen=True, slots=True)
class Built:
    """The index, and what the build said."""

    index: Path
    said: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    index = tmp_path_factory.mktemp("real") / "index"
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as said:
        patch.setenv("QA_SERVICE_INDEX_DIR", str(index))
        patch.setenv("QA_SERVICE_SOURCE_DIR", str(ROOT / "source_texts"))
        patch.chdir(index.parent)
        assert main(["build"]) == 0, said.getvalue()
    return Built(index, said.getvalue())


@pytest.fixture(autouse=True)
def settings(built: Built, no_settings_from_outside: None, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings, and an environment for `main`, that name the built index."""
    monkeypatch.setenv("QA_SERVICE_INDEX_DIR", str(built.index))
    monkeypatch.setenv("QA_SERVICE_SOURCE_DIR", str(ROOT / "source_texts"))
    return Settings()


@pytest.fixture(scope="module")
def encoder(built: Built, tmp_path_factory: pytest.TempPathFactory) -> OnnxEncoder:
    """Of the plain model: the index's own, or exported anew where the default model is another."""
    folder = current_generation(IndexFolder(built.index)).encoder
    if EncoderSettings.read(folder).model != PLAIN:
        folder = tmp_path_factory.mktemp("plain")
        export_encoder(PLAIN, folder)
    return OnnxEncoder(folder)


@pytest.fixture(scope="module")
def service(built: Built) -> Iterator[AnswerService]:
    with closing(open_service(Settings(index_dir=built.index))) as service:
        yield service


def cosines(left: Any, right: Any) -> list[float]:
    """Of rows of unit length."""
    return [float(a @ b) for a, b in zip(left, right, strict=True)]


def test_the_build_says_what_it_built(built: Built) -> None:
    assert "1 documents, 27 statements" in built.said
    assert "refused" not in built.said
    notes = [line for line in built.said.splitlines() if line.startswith("note:")]
    assert len(notes) == 1
    assert "lines 3, 5: stands before the first speaker's name and reads like an introduction" in notes[0]


def test_banks_lending_to_small_companies_finds_the_statement_on_loans(service: AnswerService) -> None:
    answer = service.ask(BANKS)
    assert answer.answered
    assert answer.results[0].statement.id == LOANS


def test_every_quote_of_the_interview_is_verbatim(service: AnswerService) -> None:
    source = (ROOT / "source_texts" / "industry-minister-interview-2023.txt").read_text(encoding="utf-8")
    for question in SENTENCES:
        results = service.ask(question, Options(top_k=50, min_confidence=0)).results
        assert len(results) == 27
        for result in results:
            statement, span = result.statement, result.hit.span
            assert source[statement.start : statement.end] == statement.text
            assert statement.text[span.start : span.end] == span.text != ""


@pytest.mark.parametrize("question", ["loans " * 333 + "ok", "贷款" * 1000, "é" * 2000, "a" * 2000, "?" * 2000])
def test_a_question_of_2000_characters_is_answered_in_windows(service: AnswerService, question: str) -> None:
    assert len(question) == 2000
    assert len(service.ask(question, Options(min_confidence=0)).results) == 5


@pytest.mark.parametrize("question", ["?", "—", "… !", "\u200b?"])
def test_a_question_without_a_word_is_not_answered(service: AnswerService, question: str) -> None:
    answer = service.ask(question)
    assert (answer.answered, answer.confidence) == (False, 0)
    assert len(service.ask(question, Options(min_confidence=0)).results) == 5


def test_ask_prints_the_statements_with_speaker_and_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", BANKS]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("[1] Jin Zhuanglong, 2023 (")
    assert LOANS in printed.splitlines()[0]
    assert printed.count("Jin Zhuanglong, 2023 (") == 3


def test_ask_says_when_it_is_not_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", BANKS, "--min-confidence", "1"]) == 0
    assert capsys.readouterr().out.startswith("Not answered in the sources")


def test_ask_takes_a_speaker_as_people_name_him_and_tells_who_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", BANKS, "--speaker", "minister jin"]) == 0
    assert capsys.readouterr().out.startswith("[1] Jin Zhuanglong, 2023 (")
    assert main(["ask", BANKS, "--speaker", "Jane Smith"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Not everybody you named is in the sources. There are: Jin Zhuanglong."
    assert told[1].startswith("Not answered in the sources")


def test_ask_json_prints_what_the_http_door_answers(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", BANKS, "--json", "--top-k", "5", "--min-confidence", "0"]) == 0
    printed = json.loads(capsys.readouterr().out)
    with TestClient(create_app(settings)) as client:
        eventually(client, "/health/ready", is_ready)
        answered = client.post("/v1/ask", json={"question": BANKS, "min_confidence": 0}).json()
    for answer in (printed, answered):
        assert answer.pop("request_id")
        assert answer.pop("took_ms") > 0
    assert printed == answered
    assert printed["results"][0]["id"] == LOANS


@pytest.mark.parametrize("arguments", [[" "], ["x" * 2001], [BANKS, "--top-k", "0"], [BANKS, "--min-confidence", "2"]])
def test_ask_refuses_what_is_outside_its_bounds(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", *arguments]) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_serving_needs_nothing_of_what_builds_need() -> None:
    program = f"""
import json, sys
from qa_service.api.app import create_app
from qa_service.composition import open_service
from qa_service.settings import Settings
create_app()
best = open_service(Settings()).ask({BANKS!r}).results[0].statement.id
builds_need = {{"torch", "sentence_transformers", "transformers", "onnx", "safetensors", "bm25s", "scipy"}}
builds_need |= {{"webvtt", "docx", "pypdfium2", "lxml"}}  # readers of formats
print(json.dumps([best, sorted(builds_need & set(sys.modules))]))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == [LOANS, []]


def test_a_rebuild_takes_over_the_exported_encoder_and_needs_no_onnx(built: Built, tmp_path: Path) -> None:
    program = "import sys; sys.modules['onnx'] = None; from qa_service.cli import main; sys.exit(main(['build']))"
    before = current_generation(IndexFolder(built.index))
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    after = current_generation(IndexFolder(built.index))
    assert after.root != before.root
    for file in before.encoder.iterdir():
        assert (after.encoder / file.name).read_bytes() == file.read_bytes()


def test_the_export_embeds_as_the_model_does(encoder: OnnxEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MINILM.folder), device="cpu")
    expected = model.encode(SENTENCES, normalize_embeddings=True)
    assert len(SENTENCES) == 20
    alone = [encoder.encode_questions([text]).sentences[0] for text in SENTENCES]
    for given in (alone, encoder.encode_passages(SENTENCES).sentences):
        assert np.mean(cosines(given, expected)) >= 0.99
        assert min(cosines(given, expected)) >= 0.97
    assert model.encode("hello world", normalize_embeddings=True)[:5] == pytest.approx(HELLO_WORLD, abs=1e-4)


def test_hello_world_is_embedded_as_ever(encoder: OnnxEncoder) -> None:
    assert encoder.encode_questions(["hello world"]).sentences[0, :5] == pytest.approx(HELLO_WORLD, abs=0.02)


@pytest.mark.parametrize(
    "text", ["Nine trams run.", "🍎 Cafe\u0301 owners", "中国的数字经济", "ﬁne Straße İstanbul", ""]
)
def test_tokens_point_at_the_words_they_stand_for(encoder: OnnxEncoder, text: str) -> None:
    (tokens,) = encoder.encode_passages([text]).tokens
    spans = [(int(start), int(end)) for start, end in tokens.spans]
    assert spans == [(a, b) for a, b in encoder.token_spans(text) if any(map(str.isalnum, text[a:b]))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert "".join(text[start:end] for start, end in spans).replace("\u0301", "") in text.replace(" ", "").replace(
        "\u0301", ""
    )
    assert tokens.vectors.shape == (len(spans), encoder.dimension)
    assert np.linalg.norm(tokens.vectors, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_vectors_have_the_models_dimension_and_unit_length(encoder: OnnxEncoder) -> None:
    batch = encoder.encode_questions([*SENTENCES, "long " * 400])
    assert encoder.dimension == 384
    assert batch.sentences.shape == (21, 384)
    assert np.linalg.norm(batch.sentences, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_a_passage_beyond_the_window_is_refused_and_its_cuts_fit(encoder: OnnxEncoder) -> None:
    text = " ".join(SENTENCES) * 5 + "unbroken" * 400 + "中国的数字经济" * 100
    with pytest.raises(ModelError, match="cut it first"):
        encoder.encode_passages([text])
    parts = [text[start:end] for start, end in fit_window(text, encoder.token_spans, encoder.max_tokens)]
    assert len(encoder.encode_passages(parts).sentences) == len(parts) > 2
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_an_unknown_packaged_model_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_SERVICE_MODEL", str(Path("no-such-model").absolute()))
    monkeypatch.setenv("QA_SERVICE_INDEX_DIR", "other-index")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert main(["build"]) == 1
    error = capsys.readouterr().err
    assert "no-such-model" in error
    assert "Traceback" not in error
    assert not Path("other-index/CURRENT").exists()


def test_a_batch_says_what_single_questions_say(service: AnswerService) -> None:
    options = Options(min_confidence=0, top_k=10)
    for question, answer in zip(SENTENCES, service.ask_batch(SENTENCES, options), strict=True):
        single = service.ask(question, options)
        assert [r.statement.id for r in answer.results] == [r.statement.id for r in single.results]
        assert answer.confidence == pytest.approx(single.confidence, abs=1e-3)
