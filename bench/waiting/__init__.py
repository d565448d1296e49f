"""Waiting for a job to end: this construct beside what else one would use, deployed to the local AWS."""

from pathlib import Path
from typing import Final

from bench.part import Part, Scale, Section


def _measure(folder: Path, scale: Scale) -> Section:
    from bench.waiting import goals, measuring, plot, report  # with the CDK, which takes seconds to load

    measured = measuring.measure(folder, scale)
    return Section(report.write(measured), {report.PLOT: plot.draw(measured.played, goals.LAG_MAX)})


PART: Final = Part("waiting", "Waiting", _measure)
