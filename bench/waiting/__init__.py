"""Comparison of this construct with other ways to wait for an import job, deployed to the local AWS."""

from pathlib import Path

from bench.part import Scale, Section
from bench.waiting import goals, measuring, plot, report


def run(folder: Path, scale: Scale) -> Section:
    """Measure all contenders; return the tables and the plot."""
    measured = measuring.measure(folder, scale)
    return Section(report.write(measured), {report.PLOT: plot.draw(measured.simulated, goals.LAG_MAX)})
