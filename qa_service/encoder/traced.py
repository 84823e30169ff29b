"""Any sentence-transformers model becomes a graph in single precision: torch traces it.

The only module that imports torch and sentence-transformers, and only for a model that we don't package.
"""

import os
import warnings
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer

from qa_service.encoder.files import MODEL_FILE, TOKENIZER_FILE, Traits
from qa_service.encoder.transformer import OUTPUTS
from qa_service.errors import ModelError


def trace_encoder(model: str, folder: Path) -> Traits:
    """Write the graph and the tokenizer of a model, a local folder's or the hub's, into a folder.

    Raises ModelError when it can't be loaded.
    """
    if Path(model).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        loaded = SentenceTransformer(model, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except (OSError, ValueError) as error:
        raise ModelError(f"can't load the model {model!r}: {error}") from error
    _write_graph(loaded.eval(), folder / MODEL_FILE)
    loaded.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    return _traits(loaded)


class Pipeline(torch.nn.Module):
    """The whole model as a plain module with the three outputs; tokens all weigh the same."""

    def __init__(self, model: Any, names: list[str]) -> None:
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *inputs: Any) -> tuple[Any, Any, Any]:
        """The texts' vectors (n, d), their tokens' (n, t, d), all of unit length, and ones (n, t, 2)."""
        features = self.model(dict(zip(self.names, inputs, strict=True)))
        sentence = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
        tokens = torch.nn.functional.normalize(features["token_embeddings"], dim=-1)
        return sentence, tokens, torch.ones_like(tokens[:, :, :2])


def _write_graph(model: Any, path: Path) -> None:
    batch = model.tokenizer(["An example.", "Another, longer example."], padding=True, return_tensors="pt")
    inputs = {key: batch[key] for key in ("input_ids", "attention_mask", "token_type_ids") if key in batch}
    per_token = {0: "batch", 1: "length"}
    dynamic = dict.fromkeys(OUTPUTS[1:], per_token) | {OUTPUTS[0]: {0: "batch"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's notes on single nodes
        torch.onnx.export(
            Pipeline(model, list(inputs)),
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=list(OUTPUTS),
            dynamic_axes=dict.fromkeys(inputs, per_token) | dynamic,
            opset_version=17,
            dynamo=False,
        )


def _traits(model: Any) -> Traits:
    prompts = {key: text for key, text in (model.prompts or {}).items() if text}
    fixed = prompts.get(model.default_prompt_name or "", "")
    tokenizer = model.tokenizer
    return Traits(
        dimension=int(model.get_embedding_dimension()),
        window=int(model.max_seq_length),
        special_ids=tuple(sorted(int(i) for i in tokenizer.all_special_ids if i != tokenizer.unk_token_id)),
        pad_id=int(tokenizer.pad_token_id),
        query_prompt=prompts.get("query", fixed),
        passage_prompt=prompts.get("document", prompts.get("passage", fixed)),
    )
