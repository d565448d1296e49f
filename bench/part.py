"""Parts of the benchmarks: modules with a function `run`, which takes a folder and a `Scale`."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Scale:
    """The amount of data and repetitions."""

    quick: bool = False
    large: bool = False


@dataclass(frozen=True)
class Section:
    """The result of a part: its text, and the files that the text refers to, by name."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One part of the benchmarks."""

    name: str
    """The name on the command line."""
    title: str
    module: str
    """Imported when the part runs, so that imports of other parts don't affect its figures."""

    def run(self, folder: Path, scale: Scale) -> Section:
        """Measure in a separate process, with a folder for all temporary files of this process and its children."""
        # The CDK doesn't remove its temporary folders; this one is removed at the end.
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        section: Section = import_module(self.module).run(folder, scale)
        return section
