"""The lag of each contender against its Describe calls, as an SVG for light and dark pages."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from bench.waiting.contenders import OURS, Contender
from bench.waiting.figures import mean
from bench.waiting.simulation import Simulated

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 400, 60, 50, 20, 20
_X: Final = (4.0, 200.0)
_Y: Final = (1.0, 100.0)
_X_TICKS: Final = (5, 10, 20, 50, 100, 200)
_Y_TICKS: Final = (1, 2, 5, 10, 20, 50, 100)
_OPENING: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    ' aria-label="Lag against Describe calls">'
)
_STYLE: Final = """<style>
text { font: 13px sans-serif; fill: #24292f; } .grid { stroke: #d0d7de; } .dot { fill: #57606a; }
.ours { fill: #0969da; } .goal { stroke: #1a7f37; stroke-dasharray: 5 4; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .grid { stroke: #3d444d; } .dot { fill: #9198a1; } .ours { fill: #4493f8; }
.goal { stroke: #3fb950; } }
</style>"""


def draw(simulated: Mapping[Contender, Sequence[Simulated]], goal_lag: float) -> str:
    """Draw the means of the simulated imports on logarithmic axes, and the goal for the lag as a line."""
    parts = [
        _OPENING,
        _STYLE,
        *(_vertical(tick) for tick in _X_TICKS),
        *(_horizontal(tick, "grid", str(tick)) for tick in _Y_TICKS),
        _horizontal(goal_lag, "goal", ""),
        _text(_WIDTH / 2, _HEIGHT - 8, "Describe calls for one import of 4 to 17 minutes, mean", "middle"),
        f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">lag in seconds, mean</text>',
        *(_dot(contender, each) for contender, each in simulated.items()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _dot(contender: Contender, simulated: Sequence[Simulated]) -> str:
    x, y = _x(mean(each.describes for each in simulated)), _y(mean(each.lag for each in simulated))
    kind = "ours" if contender is OURS else "dot"
    name = contender.name.replace("`", "")
    to_the_left = x > _WIDTH * 0.6
    label = _text(x - 10 if to_the_left else x + 10, y + 4, name, "end" if to_the_left else "start", kind)
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>\n{label}'


def _vertical(tick: float) -> str:
    x = _x(tick)
    line = f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}"/>'
    return f"{line}\n{_text(x, _HEIGHT - _BOTTOM + 18, str(tick), 'middle')}"


def _horizontal(tick: float, kind: str, label: str) -> str:
    y = _y(tick)
    line = f'<line class="{kind}" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>'
    return f"{line}\n{_text(_LEFT - 8, y + 4, label, 'end')}" if label else line


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    # Labels have the text colour, not the colour of their dots.
    weight = ' font-weight="bold"' if kind == "ours" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{text}</text>'


def _x(value: float) -> float:
    return _LEFT + _share(value, *_X) * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - _share(value, *_Y) * (_HEIGHT - _BOTTOM - _TOP)


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)
