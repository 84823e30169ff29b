"""`python -m eval benchmarks`: renders docs/benchmarks.md from the figures in eval/results/, each with its command."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.summaries import Summary, newest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
TEMPLATE = "benchmarks.md.jinja"
SIGNIFICANT = 0.05  # p below which a difference is shown


def render(folder: Path | None = None) -> str:
    """The page. Raises ValueError for figures that lack, or where what was tuned on would stand in a headline."""
    known = newest(folder)
    environment = Environment(  # noqa: S701 - Markdown for the repository, of our own figures
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"f": _f, "row": _row, "count": _count}
    environment.globals |= {"headline": headline, "worth": _worth, "first": _first}
    values = _Figures({name: one.values for name, one in known.items()})
    text = environment.get_template(TEMPLATE).render(of=values, by=_Figures(known), source=_source)
    return text.rstrip("\n") + "\n"


class _Figures(dict[str, Any]):
    """By name; a name that lacks is told."""

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"no figures of {name!r} in eval/results; make them with --save")


def headline(sets: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A set's figures. Raises ValueError for one that was tuned on."""
    if sets[name]["tuned_on"]:
        raise ValueError(f"{name} was tuned on, so it stands in no headline")
    found: Mapping[str, Any] = sets[name]
    return found


def _source(one: Summary) -> str:
    """How figures came, in a line."""
    told = f"`{one.command}`, commit {one.commit.rstrip('+')}, {one.time[:10]}"
    return f"{told}; {one.note}" if one.note else told


def _f(value: float, digits: int = 3) -> str:
    """With so many digits."""
    return f"{value:.{digits}f}"


def _count(value: float) -> str:
    """A whole number with a comma at the thousands."""
    return f"{round(value):,}"


def _row(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def _worth(one: Mapping[str, float]) -> str:
    """A variant's value, and the difference where it is more than luck."""
    sign = "−" if one["difference"] < 0 else "+"
    apart = f" ({sign}{abs(one['difference']):.3f})" if one["p"] < SIGNIFICANT else ""
    return f"{one['value']:.3f}{apart}"


def _first(rows: Iterable[Mapping[str, Any]], **wanted: Any) -> Mapping[str, Any]:
    """The row with these values. Raises ValueError where there is none."""
    for row in rows:
        if all(row[name] == value for name, value in wanted.items()):
            return row
    raise ValueError(f"no figures of {wanted}")
