"""Runs an exported encoder with onnxruntime and tokenizers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE, EncoderSettings
from qa_service.encoder.protocol import EncodedBatch, TokenVectors, is_word
from qa_service.errors import ModelError

SLOWER = "SkipLayerNormFusion"  # its operator takes six times as long as the two that it replaces


class OnnxEncoder:
    """The exported model. One instance serves one thread; only passages may be encoded by `parallel` ones at once."""

    def __init__(self, folder: Path, *, threads: int = 1, parallel: int = 1) -> None:
        """Open the encoder in `folder`. Raises IndexDamagedError or ModelError when it can't be run.

        `threads` work on a batch; `parallel` is how many batches of passages at a time it is to be given.
        """
        self.parallel = parallel
        self.settings = EncoderSettings.read(folder)
        self._folder, self._threads = folder, threads
        self._sessions: dict[str, tuple[onnxruntime.InferenceSession, list[str]]] = {}
        self._for_questions = QUESTION_FILE if self.settings.question_onnx_sha256 else MODEL_FILE
        self._session(self._for_questions)
        if parallel > 1:
            self._session(MODEL_FILE)  # now: else several threads would open it
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # the library raises bare Exceptions
            raise _cannot_open(folder, error) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._special = frozenset(self.settings.special_ids)
        self._overhead = len(self._tokenizer.encode(self.settings.passage_prompt))

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self.settings.dimension

    @property
    def max_tokens(self) -> int:
        """Tokens of a passage that fit the model's window, special tokens and prompt not counted."""
        return self.settings.window - self._overhead

    def words(self) -> list[str]:
        """The vocabulary's whole words of letters, in lower case."""
        return [piece for piece in self._tokenizer.get_vocab() if piece.isalpha() and piece.islower()]

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Code-point offsets of every token of a text, however long."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def encode_questions(self, texts: Sequence[str]) -> EncodedBatch:
        """Questions, with the model's query prompt, each run by itself.

        int8 activations are scaled over a whole batch, so a question's vector would depend on its neighbours in it.
        A question beyond the window is encoded in windows: its vector is their mean weighted by words, its tokens
        are all windows' tokens.
        """
        prompt = self.settings.query_prompt
        return merge_windows([self._encode_one(prompt + text, len(prompt)) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """One batch of passages, with the model's passage prompt. Raises ModelError for one beyond the window."""
        prompted = [self.settings.passage_prompt + text for text in texts]
        encodings = self._tokenizer.encode_batch(prompted)
        for text, encoding in zip(texts, encodings, strict=True):
            if len(encoding) > self.settings.window:
                raise ModelError(
                    f"a passage has {len(encoding)} tokens, the model's window is {self.settings.window}; "
                    f"cut it first: {text[:60]!r}"
                )
        return self._run(MODEL_FILE, encodings, prompted, len(self.settings.passage_prompt))

    def _session(self, file: str) -> tuple[onnxruntime.InferenceSession, list[str]]:
        """One of the encoder's two models and its inputs, opened when it is first needed: serving needs one only."""
        if file not in self._sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            try:
                session = onnxruntime.InferenceSession(
                    str(self._folder / file),
                    options,
                    providers=["CPUExecutionProvider"],
                    disabled_optimizers=[SLOWER],
                )
            except Exception as error:  # the library raises bare Exception subclasses of its own
                raise _cannot_open(self._folder, error) from error
            self._sessions[file] = session, [own.name for own in session.get_inputs()]
        return self._sessions[file]

    def _encode_one(self, text: str, skipped: int) -> EncodedBatch:
        whole = self._tokenizer.encode(text)
        if len(whole) <= self.settings.window:
            return self._run(self._for_questions, [whole], [text], skipped)
        self._tokenizer.enable_truncation(self.settings.window)
        first = self._tokenizer.encode(text)
        self._tokenizer.no_truncation()
        runs = [self._run(self._for_questions, [window], [text], skipped) for window in (first, *first.overflowing)]
        return EncodedBatch(np.concatenate([run.sentences for run in runs]), [run.tokens[0] for run in runs])

    def _run(self, file: str, encodings: list[Encoding], texts: Sequence[str], skipped: int) -> EncodedBatch:
        """Run a model; `skipped` characters of each text are the prompt, left out like punctuation."""
        length = max((len(e) for e in encodings), default=0)
        ids = np.full((len(encodings), length), self.settings.pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        session, names = self._session(file)
        sentences, vectors, weights = session.run(None, {name: feeds[name] for name in names})
        tokens = []
        for row, (encoding, text) in enumerate(zip(encodings, texts, strict=True)):
            pairs, numbers = encoding.offsets, encoding.ids
            kept = [
                place
                for place, (number, (start, end)) in enumerate(zip(numbers, pairs, strict=True))
                if number not in self._special and start >= skipped and is_word(text[start:end])
            ]
            tokens.append(
                TokenVectors(
                    vectors[row, kept],
                    np.array([numbers[i] for i in kept], dtype=np.int32),
                    np.array([pairs[i] for i in kept], dtype=np.int32).reshape(-1, 2) - skipped,
                    weights[row, kept],
                )
            )
        return EncodedBatch(sentences, tokens)


def _cannot_open(folder: Path, error: Exception) -> ModelError:
    return ModelError(f"can't open the encoder in {folder}: {error}; rebuild with: qa-service build")


def merge_windows(windows: list[EncodedBatch]) -> EncodedBatch:
    """One text per batch: mean sentence vector weighted by words, unit length again, and all tokens in order."""
    sentences, tokens = [], []
    for batch in windows:
        if len(batch.tokens) == 1:
            sentences.append(batch.sentences[0])
            tokens.append(batch.tokens[0])
            continue
        sizes = np.array([[max(len(t.ids), 1)] for t in batch.tokens], dtype=np.float32)
        mean = (batch.sentences * sizes).sum(axis=0)
        sentences.append(mean / np.linalg.norm(mean))
        columns = zip(*((t.vectors, t.ids, t.spans, t.weights) for t in batch.tokens), strict=True)
        tokens.append(TokenVectors(*(np.concatenate(column) for column in columns)))
    return EncodedBatch(np.stack(sentences), tokens)
