"""A packaged model's files become graphs in single precision, without torch."""

import json
import shutil
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from tokenizers import Tokenizer

from qa_service.encoder.bert import bert
from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE, Traits
from qa_service.encoder.mpnet import mpnet
from qa_service.encoder.own_weights import Tensors, merge_adapter, read_tensors, shorten
from qa_service.encoder.packages import MODEL_WEIGHTS
from qa_service.encoder.transformer import Transformer, write_transformer
from qa_service.errors import ModelError

ARCHITECTURES = {"bert": bert, "mpnet": mpnet}


def write_encoder(model: Path, folder: Path, adapter: Path | None = None, question: Path | None = None) -> Traits:
    """Write the graphs and the tokenizer of the model in a folder, with what we add to it, into another.

    The model must pool by the mean and have no prompts. Raises ModelError when its files can't be read or don't fit.
    """
    try:
        base = read_tensors(model / MODEL_WEIGHTS)
        tensors, heads = merge_adapter(base, adapter) if adapter else (base, None)
        write_transformer(_transformer(tensors, model), heads, folder / MODEL_FILE, in_batches=True)
        if question:
            tensors, heads = shorten(base, question)
            write_transformer(_transformer(tensors, model), heads, folder / QUESTION_FILE, in_batches=False)
        shutil.copyfile(model / "tokenizer.json", folder / TOKENIZER_FILE)
        return _traits(model)
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"can't load the model in {model}: {error!r}") from error


def _transformer(tensors: Tensors, model: Path) -> Transformer:
    config = _read(model / "config.json")
    return ARCHITECTURES[config["model_type"]](tensors, config)


def _traits(model: Path) -> Traits:
    numbers = Tokenizer.from_file(str(model / "tokenizer.json")).get_vocab()
    named = _read(model / "special_tokens_map.json")
    special = {name: numbers[token if isinstance(token, str) else token["content"]] for name, token in named.items()}
    return Traits(
        dimension=_read(model / "config.json")["hidden_size"],
        window=_read(model / "sentence_bert_config.json")["max_seq_length"],
        special_ids=tuple(sorted({number for name, number in special.items() if name != "unk_token"})),
        pad_id=special["pad_token"],
    )


def _read(path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return fields
