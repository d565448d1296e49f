"""A headless Chromium, driven by the DevTools protocol over a pipe.

With `--remote-debugging-pipe`, Chromium reads commands from file descriptor 3 and writes messages to 4, each a JSON
object that ends with a NUL. https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CHROMIUM: Final = shutil.which("chromium")
_ANSWER_SECONDS: Final = 60
_HEIGHT: Final = 900
# The shell duplicates the pipes, which subprocess connects as 0 and 1.
_COMMAND: Final = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
_OPTIONS: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # it doesn't start as root otherwise, and opens only our own pages
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no page may need the network
)
_LOADED: Final = "document.readyState === 'complete' || new Promise(loaded => addEventListener('load', loaded))"


class Browser:
    """One tab of a running Chromium."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._received = b""
        self._last_id = 0
        self._session: dict[str, str] = {}
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}

    def open(self, url: str, *, width: int, dark: bool = False) -> None:
        """Load a page in a window of this width, in pixels, and in light or dark mode."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=_HEIGHT, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        failure = self._call("Page.navigate", url=url).get("errorText")
        assert failure is None, f"{url}: {failure}"
        self.evaluate(_LOADED)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; of a promise, the value that it is fulfilled with."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def close(self) -> None:
        """Close the browser with all its processes."""
        self._session = {}
        self._call("Browser.close")

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": parameters, **self._session}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\0")
        self._process.stdin.flush()
        while True:
            message = self._next_message()
            if message.get("id") == self._last_id:
                assert "error" not in message, f"{method}: {message['error']}"
                result: dict[str, Any] = message["result"]
                return result

    def _next_message(self) -> dict[str, Any]:
        assert self._process.stdout
        pipe = self._process.stdout.fileno()
        while b"\0" not in self._received:
            assert select.select([pipe], [], [], _ANSWER_SECONDS)[0], f"no answer in {_ANSWER_SECONDS} s"
            part = os.read(pipe, 65536)
            assert part, "Chromium has ended"
            self._received += part
        text, _, self._received = self._received.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """Run Chromium with its profile in this folder."""
    command = ["sh", "-c", _COMMAND, str(CHROMIUM), *_OPTIONS, f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            browser = Browser(process)
            yield browser
            browser.close()
            process.wait(_ANSWER_SECONDS)
        finally:
            process.kill()
