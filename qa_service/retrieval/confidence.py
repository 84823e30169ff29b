"""How sure we are that a statement answers: for now the best cosine, clipped; no calibrated probability yet."""

DEFAULT_THRESHOLD = 0.35


def confidence_from_cosine(cosine: float) -> float:
    """A cosine as a number in [0, 1); 1 is never reached, so `min_confidence: 1` always abstains."""
    return min(max(cosine, 0.0), 0.999)
