"""Lets jsii find the Node that is installed beside this interpreter, before anything imports aws_cdk."""

import os
import sys
from pathlib import Path

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
