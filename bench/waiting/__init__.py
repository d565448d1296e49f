"""Waiting for a job to end: this construct beside what else one would use, deployed to the local AWS."""

from pathlib import Path

from bench.part import Scale, Section
from bench.waiting import goals, measuring, plot, report


def run(folder: Path, scale: Scale) -> Section:
    """Measure, and draw what was measured."""
    measured = measuring.measure(folder, scale)
    return Section(report.write(measured), {report.PLOT: plot.draw(measured.played, goals.LAG_MAX)})
