"""Comparison of this construct with other ways to wait for an import job, deployed to the local AWS."""

from pathlib import Path

from bench.part import Scale, Section
from bench.waiting import goals, measuring, plot, report
from bench.waiting.limit import least_lags
from bench.waiting.measuring import Measured
from bench.waiting.simulation import SPREAD, TYPICAL


def run(folder: Path, scale: Scale) -> Section:
    """Measure all contenders; return the tables and the plot."""
    measured = measuring.measure(folder, scale)
    return Section(report.write(measured), {report.PLOT: draw(measured)})


def draw(measured: Measured) -> str:
    """Draw the simulated imports with the goals, and with the limits of a first and of a repeated import."""
    return plot.draw(
        report.by_name(measured),
        {
            f"goal, first import: at most {goals.FIRST_LAG_MAX} s": goals.FIRST_LAG_MAX,
            f"goal, repeated import: at most {goals.REPEATED_LAG_MAX} s": goals.REPEATED_LAG_MAX,
        },
        {
            "limit of a first import": least_lags([TYPICAL[-1] - TYPICAL[0]]),
            "limit of a repeated import": least_lags([2 * SPREAD * usual for usual in TYPICAL]),
        },
    )
