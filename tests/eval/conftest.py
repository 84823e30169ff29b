"""Less resampling: intervals are only looked at, and 2,000 resamples of an area take seconds."""

import pytest

from eval import metrics


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 50)
