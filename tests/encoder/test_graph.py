"""A graph written from weights gives what torch gives, to the last digits, alone and in a padded batch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from torch.nn import functional
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from qa_service.encoder.bert import bert
from qa_service.encoder.export import PACKAGED_MODELS
from qa_service.encoder.mpnet import mpnet
from qa_service.encoder.transformer import write_transformer
from qa_service.encoder.written import write_encoder
from qa_service.errors import ModelError
from qa_service.settings import Settings
from tests.encoder.plain import FOLDER, PlainEncoder, run

pytestmark = pytest.mark.model

PACKAGED = PACKAGED_MODELS[Settings.model_fields["model"].default]
RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
SIZES: dict[str, Any] = {
    "vocab_size": 50,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "max_position_embeddings": 302,
    "initializer_range": 0.5,  # far enough from zero that every part counts
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> PlainEncoder:
    """The default model's."""
    return PlainEncoder(tmp_path_factory.mktemp("plain"), PACKAGED.adapter, PACKAGED.question)


@pytest.mark.parametrize("kind", ["questions", "passages"])
def test_the_default_models_graphs_give_what_torch_gave(plain: PlainEncoder, kind: str) -> None:
    for record in RECORDED[kind]:
        given = plain.question(record["text"]) if kind == "questions" else plain.passage(record["text"])
        sentence, tokens, weights = given
        assert sentence[0] @ np.array(record["vector"]) >= 0.9999
        assert np.linalg.norm(tokens[0], axis=1) == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(weights[0].ravel(), record["weights"], atol=1e-3)


@pytest.mark.parametrize(
    ("model", "architecture"),
    [(BertModel(BertConfig(**SIZES)), bert), (MPNetModel(MPNetConfig(**SIZES)), mpnet)],
    ids=["bert", "mpnet"],
)
def test_each_architecture_gives_what_its_model_gives_alone_and_padded(
    model: Any, architecture: Any, tmp_path: Path
) -> None:
    model.eval()
    tensors = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    graph = architecture(tensors, model.config.to_dict())
    write_transformer(graph, None, tmp_path / "batches.onnx", in_batches=True)
    write_transformer(graph, None, tmp_path / "one.onnx", in_batches=False)
    ids = np.random.default_rng(0).integers(5, 50, (3, 300))
    mask = (np.arange(300) < np.array([[300], [7], [150]])).astype(np.int64)
    ids[mask == 0] = model.config.pad_token_id
    with torch.no_grad():
        hidden = model(torch.tensor(ids), torch.tensor(mask))[0]
    counted = torch.tensor(mask)[:, :, None]
    whole = functional.normalize((hidden * counted).sum(1) / counted.sum(1), dim=-1).numpy()
    sentence, tokens, weights = run(tmp_path / "batches.onnx", input_ids=ids, attention_mask=mask)
    np.testing.assert_allclose(sentence, whole, atol=1e-4)
    wanted = functional.normalize(hidden, dim=-1).numpy()
    np.testing.assert_allclose(tokens[mask == 1], wanted[mask == 1], atol=1e-4)
    assert weights.shape == (3, 300, 2)
    assert (weights == 1).all()
    np.testing.assert_allclose(run(tmp_path / "one.onnx", input_ids=ids[1:2, :7])[0], whole[1:2], atol=1e-4)


def test_a_file_of_another_models_weights_is_refused_by_name(tmp_path: Path) -> None:
    assert PACKAGED.question
    tensors = load_file(PACKAGED.question)
    dropped = "encoder.layer.1.output.dense.bias"
    own = tmp_path / "q.safetensors"
    save_file({name: tensor for name, tensor in tensors.items() if name != dropped}, own)
    with pytest.raises(ModelError, match=f"q.safetensors lacks or has too much: {dropped}$"):
        write_encoder(FOLDER, tmp_path, question=own)
    own.write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="can't load the model in"):
        write_encoder(FOLDER, tmp_path, adapter=own)
