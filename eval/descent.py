"""The loop that both trainings share."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

WARM_UP, LEAST = 30, 0.02  # steps until the full learning rate; its share at the end


def descend(losses: Iterable[Tensor], parameters: Sequence[Mapping[str, Any]], steps: int) -> None:
    """AdamW over `steps` losses, each computed when its turn comes; says now and then where it is.

    `parameters` are groups as the optimiser takes them; the gradients of the first are clipped.
    """
    optimizer = torch.optim.AdamW([dict(group) for group in parameters], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM_UP) * max(LEAST, 1 - step / steps)
    )
    started = time.monotonic()
    for step, loss in enumerate(losses, start=1):
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters[0]["params"], 1.0)
        optimizer.step()
        schedule.step()
        if step % 20 == 0:
            print(f"step {step}/{steps} loss {loss.item():.3f} {time.monotonic() - started:.0f} s", flush=True)
