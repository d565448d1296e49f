"""The lag of each contender against its Describe calls, as an SVG for light and dark pages."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bench.waiting.contenders import OURS
from bench.waiting.figures import mean
from bench.waiting.simulation import Simulated

_Point = tuple[float, float]
_Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_CHARACTER: Final = 6.8
"""Mean width of a character."""
_PLACES: Final = (
    *((11, 5, "start"), (-11, 5, "end"), (0, -12, "middle"), (0, 22, "middle")),
    *((8, -12, "start"), (-8, -12, "end"), (8, 22, "start"), (-8, 22, "end")),
)
"""Places for the label of a dot, relative to the dot; the first ones are preferred."""
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 440, 52, 64, 44, 20
_X: Final = (4.0, 200.0)
_Y: Final = (1.0, 100.0)
_X_TICKS: Final = (5, 10, 20, 50, 100, 200)
_Y_TICKS: Final = (1, 2, 5, 10, 20, 50, 100)
_TITLE: Final = "Lag against Describe calls: the nearer to the lower left corner, the better"
_X_AXIS: Final = "Describe calls for one import of 4 to 17 minutes (mean, logarithmic): fewer is better"
_Y_AXIS: Final = "Lag: seconds from the end of the job to the end of the deploy (mean, logarithmic): less is better"
_OPENING: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    f' aria-label="{_TITLE}" font-family="system-ui, sans-serif" font-size="13">'
)
# The colors are attributes, because not every viewer applies styles. The styles are for dark mode only.
_COLORS: Final = {
    "page": 'fill="#ffffff"',
    "text": 'fill="#24292f"',
    "grid": 'stroke="#d0d7de"',
    "dot": 'fill="#57606a"',
    "limit": 'fill="none" stroke="#8250df" stroke-width="2"',
    "limit-text": 'fill="#8250df"',
    "ours": 'fill="#0969da"',
    "goal": 'stroke="#1a7f37" stroke-dasharray="5 4"',
    "goal-text": 'fill="#1a7f37"',
}
_DARK: Final = """<style>
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; } .text { fill: #e6edf3; } .grid { stroke: #3d444d; } .dot { fill: #9198a1; }
.ours { fill: #4493f8; } .limit { stroke: #ab7df8; } .limit-text { fill: #ab7df8; }
.goal { stroke: #3fb950; } .goal-text { fill: #3fb950; }
}
</style>"""


def draw(
    simulated: Mapping[str, Sequence[Simulated]],
    goals: Mapping[str, float],
    limits: Mapping[str, Sequence[tuple[float, float]]] | None = None,
) -> str:
    """Draw the means of the simulated imports on logarithmic axes, with the goals for the lag as lines.

    Args:
        simulated: The simulated imports by the name of the contender.
        goals: The goals for the mean lag in seconds, by their label.
        limits: The least mean lag that each number of Describe calls can reach, by the label of the curve: pairs of
            calls and seconds, in order of the calls. Default: no curves.
    """
    curves = {name: shown for name, points in (limits or {}).items() if (shown := _shown(points))}
    dots = {name: _mean_point(imports) for name, imports in simulated.items()}
    labels = [
        _Label(_WIDTH - _RIGHT, _HEIGHT - 18, _X_AXIS, "end"),
        _Label(16, _TOP - 18, _Y_AXIS, "start"),
        _Label(_LEFT + 12, _HEIGHT - _BOTTOM - 12, "↙ better: few calls and a short lag", "start"),
        *(_Label(_LEFT + 6, _y(lag) - 6, name, "start", "goal-text") for name, lag in goals.items()),
        *(_Label(shown[0][0] + 10, shown[0][1] + 4, name, "start", "limit-text") for name, shown in curves.items()),
    ]
    parts = [
        _OPENING,
        _DARK,
        _element("rect", "page", f'width="{_WIDTH}" height="{_HEIGHT}" rx="8"'),
        *(_vertical(tick) for tick in _X_TICKS),
        *(_horizontal(tick, "grid") for tick in _Y_TICKS),
        *(_text(_Label(_LEFT - 8, _y(tick) + 4, str(tick), "end")) for tick in _Y_TICKS),
        *(_horizontal(lag, "goal") for lag in goals.values()),
        *(_curve(shown) for shown in curves.values()),
        *(_dot(*point, "ours" if OURS.name in name else "dot") for name, point in dots.items()),
        *(_text(each) for each in _placed(labels, dots, [point for shown in curves.values() for point in shown])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Label(NamedTuple):
    """A text at a place; `anchor` is `start`, `middle` or `end`."""

    x: float
    y: float
    text: str
    anchor: str
    kind: str = "text"
    bold: bool = False

    @property
    def box(self) -> _Box:
        """The area that the text takes, by the mean width of a character."""
        width = len(self.text) * (_CHARACTER + self.bold)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - 12, left + width, self.y + 4


def _placed(labels: Sequence[_Label], dots: Mapping[str, _Point], curve: Sequence[_Point]) -> Iterator[_Label]:
    """Yield the labels, and one next to each dot where it overlaps neither another label nor a dot or a curve."""
    yield from labels
    taken = [label.box for label in labels]
    taken += [(x - 7, y - 7, x + 7, y + 7) for x, y in dots.values()]
    taken += [(x, y, x, y) for x, y in curve]
    for name, (x, y) in dots.items():
        text, bold = label_of(name), OURS.name in name
        candidates = [_Label(x + dx, y + dy, text, anchor, bold=bold) for dx, dy, anchor in _PLACES]
        label = min(candidates, key=lambda each: _overlaps(each.box, taken))
        taken.append(label.box)
        yield label


def label_of(name: str) -> str:
    """Return the label of a contender: its name without an addition in brackets."""
    return name.replace("`", "").partition(" (")[0]


def _overlaps(box: _Box, taken: Sequence[_Box]) -> int:
    """Return how many of the areas a label overlaps; a label outside the axes is worse than any of these."""
    left, top, right, bottom = box
    outside = left < _LEFT or right > _WIDTH - _RIGHT or top < _TOP or bottom > _HEIGHT - _BOTTOM
    return outside * (1 + len(taken)) + sum(
        left <= r and right >= x and top <= b and bottom >= t for x, t, r, b in taken
    )


def _shown(points: Sequence[tuple[float, float]]) -> list[_Point]:
    """Return the places of the points that are within the axes."""
    return [(_x(calls), _y(lag)) for calls, lag in points if _X[0] <= calls <= _X[1] and _Y[0] <= lag <= _Y[1]]


def _mean_point(imports: Sequence[Simulated]) -> _Point:
    return _x(mean(each.describes for each in imports)), _y(mean(each.lag for each in imports))


def _curve(points: Sequence[_Point]) -> str:
    return _element("polyline", "limit", f'points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"')


def _dot(x: float, y: float, kind: str) -> str:
    return _element("circle", kind, f'cx="{x:.1f}" cy="{y:.1f}" r="6"')


def _vertical(tick: float) -> str:
    x, bottom = _x(tick), _HEIGHT - _BOTTOM
    line = _element("line", "grid", f'x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"')
    return f"{line}\n{_text(_Label(x, bottom + 18, str(tick), 'middle'))}"


def _horizontal(tick: float, kind: str) -> str:
    return _element("line", kind, f'x1="{_LEFT}" y1="{_y(tick):.1f}" x2="{_WIDTH - _RIGHT}" y2="{_y(tick):.1f}"')


def _text(label: _Label) -> str:
    weight = ' font-weight="bold"' if label.bold else ""
    place = f'x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}"{weight}'
    return _element("text", label.kind, place, label.text)


def _element(name: str, kind: str, attributes: str, text: str = "") -> str:
    return f'<{name} class="{kind}" {_COLORS[kind]} {attributes}>{text}</{name}>'


def _x(value: float) -> float:
    return _LEFT + _share(value, *_X) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - _share(value, *_Y) * (_HEIGHT - _BOTTOM - _TOP)


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)
