"""Charts as SVG, drawn for a light and a dark page alike: lines take the page's colours."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 460, 280, 44, 40, 12
Points = Sequence[tuple[float, float]]


def lines(
    series: Mapping[str, Points], x: str, y: str, *, diagonal: bool = False, dots: bool = False, most_x: float = 1.0
) -> str:
    """A chart with both axes from 0, `y` to 1; each series in a colour of its own, named below."""
    parts = [_axes(x, y, most_x)]
    if diagonal:
        parts.append(f'<path class="ideal" d="M{_x(0, 1):.1f},{_y(0):.1f}L{_x(1, 1):.1f},{_y(1):.1f}"/>')
    for place, points in enumerate(series.values()):
        path = "L".join(f"{_x(a, most_x):.1f},{_y(b):.1f}" for a, b in points)
        if not dots:
            parts.append(f'<path class="line c{place % 6}" d="M{path}"/>')
        if dots or len(points) <= 20:
            parts += [
                f'<circle class="dot c{place % 6}" cx="{_x(a, most_x):.1f}" cy="{_y(b):.1f}" r="3.5"/>'
                for a, b in points
            ]
    return _figure(parts, list(series))


def histogram(series: Mapping[str, Sequence[float]], x: str, bins: int = 20) -> str:
    """Shares of values from 0 to 1, one row of bars for each series, side by side."""
    shares = {name: _shares(values, bins) for name, values in series.items() if len(values)}
    most = max((max(s) for s in shares.values()), default=1.0) or 1.0
    parts = [_axes(x, f"share (to {most:.0%})", 1.0, ticks=False)]
    wide = (WIDTH - LEFT - 10) / bins / max(1, len(shares))
    for place, values in enumerate(shares.values()):
        for b, share in enumerate(values):
            high = share / most * (HEIGHT - BELOW - ABOVE)
            left = _x(b / bins, 1) + place * wide
            place_and_size = f'x="{left:.1f}" y="{_y(0) - high:.1f}" width="{wide - 0.6:.1f}" height="{high:.1f}"'
            parts.append(f'<rect class="bar c{place % 6}" {place_and_size}/>')
    return _figure(parts, list(shares))


def _shares(values: Sequence[float], bins: int) -> list[float]:
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int(value * bins)))] += 1
    return [count / len(values) for count in counts]


def _axes(x: str, y: str, most_x: float, *, ticks: bool = True) -> str:
    parts = [f'<path class="axis" d="M{LEFT},{ABOVE}V{_y(0)}H{WIDTH - 10}"/>']
    for step in range(6):
        share = step / 5
        anchor = "end" if step == 5 else "middle"
        x_tick = f'x="{_x(share, 1):.1f}" y="{_y(0) + 15}" text-anchor="{anchor}"'
        parts.append(f"<text {x_tick}>{share * most_x:.2g}</text>")
        if ticks:
            parts.append(f'<text x="{LEFT - 6}" y="{_y(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>')
            parts.append(f'<path class="grid" d="M{LEFT},{_y(share):.1f}H{WIDTH - 10}"/>')
    parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>')
    parts.append(
        f'<text transform="translate(11 {HEIGHT / 2 - 10}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    return "".join(parts)


def _x(value: float, most: float) -> float:
    return LEFT + value / most * (WIDTH - LEFT - 10)


def _y(value: float) -> float:
    return HEIGHT - BELOW - value * (HEIGHT - BELOW - ABOVE)


def _figure(parts: Sequence[str], names: Sequence[str]) -> str:
    legend = "".join(f'<span class="key c{i % 6}">{escape(name)}</span>' for i, name in enumerate(names))
    drawn = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'
    return f"<figure>{drawn}<figcaption>{legend}</figcaption></figure>"
