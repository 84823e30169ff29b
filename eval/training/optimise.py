"""The loop that both trainings share."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

WARM_UP, LEAST = 30, 0.02  # steps until the full learning rate; its share at the end


def linear(done: float) -> float:
    """The share of the learning rate after a share of the steps."""
    return 1 - done


def cosine(done: float) -> float:
    """The same, longer high and longer low (Loshchilov & Hutter 2017)."""
    return 0.5 * (1 + math.cos(math.pi * done))


def descend(
    losses: Iterable[Tensor],
    parameters: Sequence[Mapping[str, Any]],
    steps: int,
    decay: Callable[[float], float] = linear,
) -> None:
    """AdamW over `steps` losses, each computed when its turn comes; says now and then where it is.

    `parameters` are groups as the optimiser takes them; the gradients of the first are clipped.
    """
    optimizer = torch.optim.AdamW([dict(group) for group in parameters], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM_UP) * max(LEAST, decay(step / steps))
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
