"""Captions that roll: each shows again the line before, or grows word by word. Every word is kept once."""

from collections.abc import Sequence
from itertools import pairwise

FEWEST = 3  # cues that show again what the one before ends with, and more
ROLLING = 0.3  # of all cues, from which the file rolls; fewer, and somebody says a thing twice
GAP_S = 1.0  # between the two at most, where nothing more is shown

Shown = tuple[float, float, tuple[str, ...]]  # when, and which lines


def repeated_lines(cues: Sequence[Shown]) -> list[tuple[int, int]]:
    """By cue how many of its first lines, and how many first characters of the line then, were shown before."""
    nothing = [(0, 0)] * len(cues)
    if not cues:
        return nothing
    found = [(0, 0), *(_again(before, cue) for before, cue in pairwise(cues))]
    rolling = [(again, cue) for again, cue in zip(found, cues, strict=True) if again != (0, 0)]
    with_more = sum(again[0] < len(cue[2]) for again, cue in rolling)
    if with_more < FEWEST or len(rolling) < ROLLING * (len(cues) - 1):
        return [(len(cue[2]), 0) if before == cue else (0, 0) for before, cue in pairwise([(0.0, 0.0, ()), *cues])]
    return found


def _again(before: Shown, cue: Shown) -> tuple[int, int]:
    if not before[2] or cue[0] < before[0] or (before[2][-len(cue[2]) :] == cue[2] and cue[0] - before[1] > GAP_S):
        return 0, 0  # what comes again alone, after a while, is said again
    for count in range(min(len(before[2]), len(cue[2])), 0, -1):
        if before[2][-count:] == cue[2][:count]:
            return count, 0
    if len(before[2]) <= len(cue[2]) and before[2][:-1] == cue[2][: len(before[2]) - 1]:
        grown, last = cue[2][len(before[2]) - 1], before[2][-1]
        if grown.startswith(f"{last} "):
            return len(before[2]) - 1, len(last)
    return 0, 0
