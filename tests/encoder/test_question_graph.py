"""The questions' own encoder: what it gives, and that serving needs no other."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer

from qa_service.encoder.export import PACKAGED_MODELS, export_encoder, locate_model
from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.own_weights import shorten
from qa_service.encoder.question_graph import QuestionGraph
from qa_service.errors import ModelError
from qa_service.settings import Settings

pytestmark = pytest.mark.model

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


def test_the_question_graph_gives_what_the_smaller_model_gives() -> None:
    packaged = PACKAGED_MODELS[MODEL]
    assert packaged.question
    model: Any = SentenceTransformer(locate_model(MODEL), device="cpu")
    graph = QuestionGraph(model[0].model, shorten(model, packaged.question)).eval()
    for text in QUESTIONS:
        wanted = model.encode(text, normalize_embeddings=True)
        ids = model.tokenizer(text, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            sentence, tokens, weights = graph(ids)
        assert cosines(sentence.numpy(), [wanted]) == pytest.approx([1], abs=1e-4)
        assert tokens.shape == (1, ids.shape[1], 384)
        assert weights.shape == (1, ids.shape[1], 2)
        assert bool((weights > 0).all())


def test_a_file_of_another_models_weights_is_refused_by_name(tmp_path: Path) -> None:
    packaged = PACKAGED_MODELS[MODEL]
    assert packaged.question
    tensors = load_file(str(packaged.question))
    dropped = "encoder.layer.1.output.dense.bias"
    save_file({name: tensor for name, tensor in tensors.items() if name != dropped}, str(tmp_path / "q.safetensors"))
    with pytest.raises(ModelError, match=f"q.safetensors lacks or has too much: {dropped}$"):
        shorten(SentenceTransformer(locate_model(MODEL), device="cpu"), tmp_path / "q.safetensors")


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
