"""Several functions start at the same moment, each with a session of its role."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from personalize_local.ministack.patches.role_sessions import register_sessions_one_at_a_time
from personalize_local.ministack.sessions import start_session
register_sessions_one_at_a_time()
sys.setswitchinterval(1e-6)
with ThreadPoolExecutor(8) as threads:
    started = list(threads.map(lambda number: start_session(f"arn:aws:iam::1:role/r{number}", "s"), range(1000)))
print(len({each["AWS_ACCESS_KEY_ID"] for each in started}))
"""


def test_sessions_start_in_several_threads(tmp_path: Path) -> None:
    # ministack reads its configuration when it is imported: not in the process of the tests.
    environment = {**os.environ, "STATE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)

    assert done.stdout == "1000\n", done.stderr
