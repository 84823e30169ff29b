"""The exported encoder: what it gives, what serving needs of it, and what exporting it needs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_service.encoder import rounding
from qa_service.encoder.export import export_encoder
from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.errors import ModelError
from qa_service.settings import Settings
from tests.encoder.plain import FOLDER, PlainEncoder

pytestmark = pytest.mark.model

RECORDED = Path(__file__).with_name("recorded.json")
MODEL = Settings.model_fields["model"].default
QUESTIONS = [
    "How many trams run at night?",
    "¿Quién paga a los conductores?",
    "wen does the new gravty satelite start",
    "small firms loans interest rates",
    "Should we be worried about it?",
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model's encoder."""
    folder = tmp_path_factory.mktemp("encoder")
    export_encoder(MODEL, folder)
    return folder


def test_the_models_own_words_are_whole_ones(exported: Path) -> None:
    words = OnnxEncoder(exported).words()
    assert {"programme", "labour"} <= set(words)
    assert all(word.isalpha() for word in words)  # no pieces, no marks


def cosines(left: Any, right: Any) -> list[float]:
    """Of rows of unit length."""
    return [float(a @ b) for a, b in zip(left, right, strict=True)]


def test_questions_have_an_encoder_of_their_own_which_points_where_the_whole_one_does(exported: Path) -> None:
    short, whole = OnnxEncoder(exported), OnnxEncoder(exported)
    whole._for_questions = MODEL_FILE
    given, wanted = short.encode_questions(QUESTIONS), whole.encode_questions(QUESTIONS)
    assert np.mean(cosines(given.sentences, wanted.sentences)) > 0.9
    for one, other in zip(given.tokens, wanted.tokens, strict=True):
        assert one.ids.tolist() == other.ids.tolist()
        assert one.weights.shape == other.weights.shape
    assert given.sentences.tolist() != wanted.sentences.tolist()


@pytest.mark.parametrize(("kind", "least"), [("questions", 0.96), ("passages", 0.98)])
def test_rounded_to_8_bits_it_stays_near_what_torch_gave(exported: Path, kind: str, least: float) -> None:
    encoder = OnnxEncoder(exported)
    records = json.loads(RECORDED.read_text(encoding="utf-8"))[kind]
    encode = {"questions": encoder.encode_questions, "passages": encoder.encode_passages}[kind]
    given = [encode([record["text"]]).sentences[0] for record in records]
    assert min(cosines(given, [np.array(record["vector"]) for record in records])) >= least


def test_a_graph_that_rounding_has_spoilt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors: list[NDArray[np.float32]] = [np.array([1, 0], np.float32), np.array([0.8, 0.6], np.float32)]
    monkeypatch.setattr(rounding, "quantize_dynamic", lambda *_, **__: None)
    monkeypatch.setattr(rounding, "_vector", lambda *_: vectors.pop())
    with pytest.raises(ModelError, match=r"cosine 0\.800.*constraints\.txt"):
        rounding.round_graph(tmp_path / "plain.onnx", tmp_path / "model.onnx", [1])


WITHOUT_TORCH = "import sys; sys.modules['torch'] = sys.modules['sentence_transformers'] = None\n"


def run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """In a Python of its own."""
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


def test_a_packaged_model_is_exported_without_torch(exported: Path, tmp_path: Path) -> None:
    program = "from pathlib import Path; from qa_service.encoder.export import export_encoder\n"
    ended = run(f"{WITHOUT_TORCH}{program}export_encoder(sys.argv[1], Path(sys.argv[2]))", MODEL, str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in exported.iterdir()
    }


def test_any_other_model_is_traced_to_the_same_encoder(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    traced = export_encoder(str(FOLDER), tmp_path / "traced")
    written = export_encoder("all-MiniLM-L6-v2", tmp_path / "written")
    own = {"model", "source_sha256", "onnx_sha256", "own_sha256"}
    assert {k: v for k, v in traced.to_json().items() if k not in own} == {
        k: v for k, v in written.to_json().items() if k not in own
    }
    given = OnnxEncoder(tmp_path / "traced").encode_passages(QUESTIONS)
    plain = PlainEncoder(tmp_path / "plain")
    assert min(cosines(given.sentences, [plain.passage(text)[0][0] for text in QUESTIONS])) >= 0.95
    assert all((tokens.weights == 1).all() for tokens in given.tokens)


def test_any_other_model_needs_the_build_tools_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "qa_service.encoder.traced", raising=False)
    with pytest.raises(ModelError, match=r"can't export some/model: torch is not.*pip install 'qa-service\[build\]'"):
        export_encoder("some/model", tmp_path)


def test_serving_opens_the_questions_encoder_only_and_a_broken_one_says_how_to_rebuild(
    exported: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(exported, folder)
    (folder / MODEL_FILE).write_bytes(b"nonsense")
    encoder = OnnxEncoder(folder)
    assert encoder.encode_questions(["Who pays?"]).sentences.shape == (1, 384)
    with pytest.raises(ModelError, match="rebuild with: qa-service build"):
        encoder.encode_passages(["They pay."])
    (folder / QUESTION_FILE).write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="rebuild with: qa-service build"):
        OnnxEncoder(folder)


def test_a_word_whose_accent_stands_apart_counts_as_a_word(exported: Path) -> None:
    apart, composed = OnnxEncoder(exported).encode_questions(["nai\u0308ve?", "na\u00efve?"]).tokens
    np.testing.assert_array_equal(apart.weights, composed.weights)
    assert [tuple(span) for span in composed.spans.tolist()] == [(0, 5)]
