"""Refreshes on a schedule and after uploads, compared with a state machine written by hand, on the local AWS."""

from pathlib import Path

from bench.part import Scale, Section
from bench.refresh import measuring, report


def run(folder: Path, scale: Scale) -> Section:
    """Measure both contenders."""
    return Section(report.write(measuring.measure(folder, scale)))
