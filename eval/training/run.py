"""Both trainings of `python -m eval adapt`, one after the other: what they learn from is put together here."""

from collections.abc import Sequence
from pathlib import Path

from eval.datasets.beir import load_collection
from eval.training.adapter import train_adapter
from eval.training.distillation import STEPS, train_question_encoder
from eval.training.distillation_texts import lesson_texts, with_unlabelled
from eval.training.groups import own_groups, public_groups
from qa_service.encoder.export import PACKAGED_MODELS
from qa_service.settings import Settings


def train_both(
    settings: Settings,
    folders: Sequence[Path],
    output: Path,
    *,
    adapter: Path | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    steps: int | None = None,
) -> None:
    """Train the default encoder's adapter and questions' encoder on dev data and write both files into `output`.

    With an `adapter` only the questions' encoder is trained, to follow that, and written. Raises ValueError for less
    than one step and for collections that can't be read, OSError where nothing can be written.
    """
    steps = STEPS if steps is None else steps
    if steps < 1:
        raise ValueError(f"{steps} steps train nothing; at least 1 is needed")
    output.mkdir(parents=True, exist_ok=True)
    packaged = PACKAGED_MODELS[Settings.model_fields["model"].default]
    new_adapter, question = (output / path.name for path in packaged.own_files)
    own = own_groups(settings.source_dir)
    public = [group for folder in folders for group in public_groups(folder)]
    if adapter is None:
        train_adapter(own, public, new_adapter, device=device)
    transcripts = [t for folder in folders for t in load_collection(folder).transcripts]
    passages = [answer.piece.text for t in transcripts for exchange in t.exchanges for answer in exchange.answers]
    asked = with_unlabelled(own)
    train_question_encoder(
        adapter or new_adapter,
        [*asked, *asked, *public],
        lesson_texts([*own, *public], passages),
        question,
        steps=steps,
        device=device,
        bfloat16=bfloat16,
    )
