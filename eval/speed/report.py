"""The speed report as Markdown: ratios against the targets, tables, a chart."""

from typing import Any

US = "this service, 2 workers"
ONE = "this service, 1 worker"


def markdown(report: dict[str, Any]) -> str:
    """Tables of a report of `eval.speed.benchmark.measure`."""
    lines = [f"# Speed\n\n{report['machine']}. Medians of the repetitions; lowest and highest in the JSON file.\n"]
    lines += ["| in process | median |", "| --- | --- |"]
    lines += [f"| {name} | {value['median']:.2f} |" for name, value in report["in process"].items()]
    services: dict[str, Any] = report["services"]
    columns = ["rate at 1", "p50_ms at 1", "rate at 16", "p50_ms at 16", "p99_ms at 16", "rate at 64", "start, s"]
    columns.append("memory of a serving process, MB")
    lines += ["", f"| over HTTP | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for name, rows in services.items():
        cells = " | ".join(f"{rows[column]['median']:.1f}" for column in columns)
        lines.append(f"| {name} | {cells} |")
    lines += ["", "| ratio | now |", "| --- | --- |"]
    lines += [f"| {name} | {value:.2f} |" for name, value in ratios(report).items()]
    return "\n".join([*lines, "", *_chart(services)]) + "\n"


def ratios(report: dict[str, Any]) -> dict[str, float]:
    """What the service is judged by, each within the one run."""

    def http(name: str, what: str) -> float:
        return float(report["services"][name][what]["median"])

    def inside(name: str) -> float:
        return float(report["in process"][name]["median"])

    bare = inside("bare encoder, questions/s, one at a time")
    found = {
        "p50 at one client / one question through the bare encoder": http(ONE, "p50_ms at 1") * bare / 1000,
        "p50 at one client / one question through the bare whole encoder": http(ONE, "p50_ms at 1")
        * inside("bare whole encoder, questions/s, one at a time")
        / 1000,
        "rate at 16 clients, 2 workers / bare encoders', one on each core": http(US, "rate at 16")
        / inside("bare encoder, questions/s, one on each core"),
        "rate at 16 clients, 2 workers / bare whole encoders', one on each core": http(US, "rate at 16")
        / inside("bare whole encoder, questions/s, one on each core"),
        "rate at 16 clients, 1 worker / bare encoder's on one thread": http(ONE, "rate at 16") / bare,
        "build / bare encoder, statements a second": inside("build, statements/s, all cores")
        / inside("bare encoder, statements/s, batches of 32 by all cores"),
        "p99 / p50 at 16 clients, 1 worker": http(ONE, "p99_ms at 16") / http(ONE, "p50_ms at 16"),
        "p99 / p50 at 16 clients, 2 workers": http(US, "p99_ms at 16") / http(US, "p50_ms at 16"),
    }
    for peer in ("txtai", "plain service"):
        if peer in report["services"]:
            found[f"rate at 16 clients, 2 workers / {peer}"] = http(US, "rate at 16") / http(peer, "rate at 16")
            found[f"p50 at one client: {peer} / this service"] = http(peer, "p50_ms at 1") / http(ONE, "p50_ms at 1")
            found[f"start: {peer} / this service"] = http(peer, "start, s") / http(ONE, "start, s")
            memory = "memory of a serving process, MB"
            found[f"memory: {peer} / this service"] = http(peer, memory) / http(ONE, memory)
    return found


def _chart(services: dict[str, Any]) -> list[str]:
    names = ", ".join(f'"{name}"' for name in services)
    rates = ", ".join(f"{rows['rate at 16']['median']:.0f}" for rows in services.values())
    return [
        "```mermaid",
        "xychart-beta",
        '  title "questions a second at 16 clients"',
        f"  x-axis [{names}]",
        f"  bar [{rates}]",
        "```",
    ]
