"""The lag of each contender against its Describe calls, as an SVG for light and dark pages."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bench.waiting.contenders import OURS, Contender
from bench.waiting.figures import mean
from bench.waiting.simulation import Simulated

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
    simulated: Mapping[Contender, Sequence[Simulated]], goal_lag: float, limit: Sequence[tuple[float, float]] = ()
) -> str:
    """Draw the means of the simulated imports on logarithmic axes, and the goal for the lag as a line.

    Args:
        simulated: The simulated imports of each contender.
        goal_lag: The goal for the mean lag, in seconds.
        limit: The least mean lag that each number of Describe calls can reach: pairs of calls and seconds, in order of
            the calls. Default: no curve.
    """
    parts = [
        _OPENING,
        _DARK,
        _element("rect", "page", f'width="{_WIDTH}" height="{_HEIGHT}" rx="8"'),
        *(_vertical(tick) for tick in _X_TICKS),
        *(_horizontal(tick, "grid") for tick in _Y_TICKS),
        *(_text(_LEFT - 8, _y(tick) + 4, str(tick), "end") for tick in _Y_TICKS),
        _horizontal(goal_lag, "goal"),
        _text(_WIDTH - _RIGHT - 6, _y(goal_lag) - 6, f"goal: a lag of at most {goal_lag:g} s", "end", "goal-text"),
        _text(_WIDTH - _RIGHT, _HEIGHT - 18, _X_AXIS, "end"),
        _text(16, _TOP - 18, _Y_AXIS, "start"),
        _text(_LEFT + 12, _HEIGHT - _BOTTOM - 12, "↙ better: few calls and a short lag", "start"),
        *_limit(limit),
        *(_dot(contender, each) for contender, each in simulated.items()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _limit(limit: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Yield the part of the curve that is within the axes, and its label."""
    shown = [(calls, lag) for calls, lag in limit if _X[0] <= calls <= _X[1] and _Y[0] <= lag <= _Y[1]]
    if shown:
        points = " ".join(f"{_x(calls):.1f},{_y(lag):.1f}" for calls, lag in shown)
        yield _element("polyline", "limit", f'points="{points}"')
        calls, lag = shown[0]
        yield _text(_x(calls) + 8, _y(lag) + 4, "limit: least mean lag with so many calls", "start", "limit-text")


def _dot(contender: Contender, simulated: Sequence[Simulated]) -> str:
    x, y = _x(mean(each.describes for each in simulated)), _y(mean(each.lag for each in simulated))
    name = contender.name.replace("`", "")
    x_of_label, anchor = (x - 10, "end") if x > _WIDTH * 0.7 else (x + 10, "start")
    dot = _element("circle", "ours" if contender is OURS else "dot", f'cx="{x:.1f}" cy="{y:.1f}" r="6"')
    return f"{dot}\n{_text(x_of_label, y + 5, name, anchor, bold=contender is OURS)}"


def _vertical(tick: float) -> str:
    x, bottom = _x(tick), _HEIGHT - _BOTTOM
    line = _element("line", "grid", f'x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"')
    return f"{line}\n{_text(x, bottom + 18, str(tick), 'middle')}"


def _horizontal(tick: float, kind: str) -> str:
    return _element("line", kind, f'x1="{_LEFT}" y1="{_y(tick):.1f}" x2="{_WIDTH - _RIGHT}" y2="{_y(tick):.1f}"')


def _text(x: float, y: float, text: str, anchor: str, kind: str = "text", *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return _element("text", kind, f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}', text)


def _element(name: str, kind: str, attributes: str, text: str = "") -> str:
    return f'<{name} class="{kind}" {_COLORS[kind]} {attributes}>{text}</{name}>'


def _x(value: float) -> float:
    return _LEFT + _share(value, *_X) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - _share(value, *_Y) * (_HEIGHT - _BOTTOM - _TOP)


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)
