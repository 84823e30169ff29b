"""The speed report's ratios and tables, and a server under load for real, where wrk is installed."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.speed.http_load import Server, put_load, running
from eval.speed.report import markdown, ratios

pytestmark = pytest.mark.alone


def row(**values: float) -> dict[str, Any]:
    return {name: {"median": value, "low": value, "high": value} for name, value in values.items()}


def service(rate: float, p50: float, start: float, memory: float) -> dict[str, Any]:
    found = {"start, s": start, "memory of a serving process, MB": memory}
    for clients in (1, 16, 64):
        found |= {f"rate at {clients}": rate, f"p50_ms at {clients}": p50, f"p99_ms at {clients}": 2 * p50}
    return row(**found)


REPORT = {
    "machine": "a test",
    "in process": row(
        **{
            "bare encoder, questions/s, one at a time": 250.0,
            "bare encoder, questions/s, one on each core": 400.0,
            "bare whole encoder, questions/s, one at a time": 125.0,
            "bare whole encoder, questions/s, one on each core": 200.0,
            "bare encoder, statements/s, batches of 32 by all cores": 50.0,
            "build, statements/s, all cores": 45.0,
        }
    ),
    "services": {
        "this service, 1 worker": service(100, 6, 1, 150),
        "this service, 2 workers": service(200, 6, 1, 150),
        "plain service": service(20, 30, 5, 600),
        "txtai": service(10, 60, 10, 1200),
    },
}


def test_ratios_are_of_this_service_to_the_others() -> None:
    found = ratios(REPORT)
    assert found["rate at 16 clients, 2 workers / txtai"] == 20
    assert found["rate at 16 clients, 2 workers / plain service"] == 10
    assert found["p50 at one client / one question through the bare encoder"] == pytest.approx(1.5)
    assert found["p50 at one client / one question through the bare whole encoder"] == pytest.approx(0.75)
    assert found["rate at 16 clients, 2 workers / bare encoders', one on each core"] == 0.5
    assert found["rate at 16 clients, 2 workers / bare whole encoders', one on each core"] == 1
    assert found["build / bare encoder, statements a second"] == pytest.approx(0.9)
    assert found["p99 / p50 at 16 clients, 1 worker"] == 2
    assert found["start: txtai / this service"] == 10
    assert found["memory: plain service / this service"] == 4


def test_a_report_without_peers_has_ratios_to_the_encoder_only() -> None:
    ours = {name: rows for name, rows in REPORT["services"].items() if name.startswith("this")}  # type: ignore[attr-defined]
    assert not any("txtai" in name for name in ratios(REPORT | {"services": ours}))


def test_the_table_shows_every_service() -> None:
    text = markdown(REPORT)
    for name in REPORT["services"]:
        assert f"| {name} |" in text
    assert "xychart-beta" in text


def test_a_server_that_does_not_start_is_named(tmp_path: Path) -> None:
    server = Server([sys.executable, "-c", "pass"], 1, "/", "/", {})
    with pytest.raises(RuntimeError, match="did not start"), running(server, tmp_path / "log"):
        pass


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_load_counts_requests_and_errors(tmp_path: Path) -> None:
    (tmp_path / "ready").write_text("1")
    server = Server(
        [sys.executable, "-m", "http.server", "-d", str(tmp_path), "-b", "127.0.0.1", "8797"], 8797, "/ready", "/", {}
    )
    with running(server, tmp_path / "log") as started:
        good = put_load(server, ["/ready"], 2, 1, tmp_path)
        bad = put_load(server, ["/nothing"], 2, 1, tmp_path)
        assert started.memory_mb() == []  # it is a small process
    assert good.rate > 0
    assert good.errors == 0
    assert bad.errors > 0
