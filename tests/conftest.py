"""What all tests share: how the CDK starts. This is read before anything imports aws_cdk."""

import os
import sys
from pathlib import Path

# The Node that is installed beside this interpreter, not one that jsii would warn of.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
# The CDK's own validation of templates takes seconds to load; tests/synth/test_demo_app.py has it.
os.environ["CDK_VALIDATION"] = "false"
