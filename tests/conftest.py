"""What all tests share: the environment's own Node before any other, for the CDK starts whichever it finds first."""

import os
import sys
from pathlib import Path

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
