"""A collection over HTTP, as a client sees it."""

import shutil
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.speed import collection
from eval.speed.collection import measure_collection
from qa_service.options import MAX_TOP_K
from qa_service.settings import Settings
from tests.eval.meetings import write_meetings


def test_more_results_than_there_may_be_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_meetings(tmp_path / "meetings")
    assert main(["speed", "--collection", str(folder), "--top-k", str(MAX_TOP_K + 1)]) == 1
    assert f"1 to {MAX_TOP_K} results" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_rate_times_and_quality_come_from_the_running_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "SECONDS", 1.0)
    folder, settings = write_meetings(tmp_path / "meetings"), Settings(index_dir=tmp_path / "index")
    found = measure_collection(settings, folder, clients=2, top_k=3, repetitions=1, workers=1)
    assert (found["passages"], found["queries"], found["top_k"]) == (5, 2, 3)
    assert found["nDCG@10"] == 1
    assert found["errors"]["high"] == 0
    assert found["rate"]["median"] > 0
    assert found["p50_ms"]["median"] <= found["p95_ms"]["median"]
