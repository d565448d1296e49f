"""The local AWS as a context manager, which starts a server process and stops it at the end of the block."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from ssl import create_default_context
from types import TracebackType
from typing import IO, Any, Final, Self

from personalize_local.authentication.keys import Keys
from personalize_local.server.environment import without_aws
from personalize_local.server.options import Options

_READY_SECONDS: Final = 60
_STOP_SECONDS: Final = 20


class LocalAwsError(Exception):
    """The server did not start, or refused a request to the control API."""


class LocalAws:
    """A local AWS, running within a `with` block; several can run at the same time."""

    def __init__(self, options: Options | None = None, log: IO[Any] | None = None) -> None:
        """Configure the server, which starts with the `with` block.

        Args:
            options: The options. Default: a free port, real time, and no state.
            log: The file for the server's log. Default: standard error.
        """
        self._options = options or Options()
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint_url = ""
        self.environment: dict[str, str] = {}
        """The variables that make AWS clients use this AWS, in addition to `without_aws(os.environ)`."""

    def __enter__(self) -> Self:
        """Start the server, and wait until it answers requests."""
        options = json.dumps(asdict(self._options), default=str)
        self._process = subprocess.Popen(  # noqa: S603
            # -P: don't import modules from the current folder.
            [sys.executable, "-P", "-m", "personalize_local", options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # So that Ctrl-C ends only this process; the server stops when its standard input is closed.
            start_new_session=True,
        )
        try:
            announcement = self._read_announcement()
            self.endpoint_url, self.environment = announcement["endpoint_url"], announcement["environment"]
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()

    def stop(self) -> None:
        """Stop the server and the functions that run in it."""
        if self._process is None:
            return
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    @property
    def pid(self) -> int | None:
        """The process id of the server while it runs."""
        return self._process.pid if self._process else None

    def wait(self) -> None:
        """Wait until the server exits, which happens without `stop` only after an error."""
        if self._process:
            self._process.wait()

    def process_environment(self) -> dict[str, str]:
        """Return the complete environment for a process that uses only this AWS."""
        return {**without_aws(os.environ), **self.environment}

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Call the control API; see `personalize_local.personalize.control_api` for its paths."""
        from personalize_local.personalize.control_api import PREFIX

        return self._request(method, f"{PREFIX}{path}", body)

    def _request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        # Imported while the server starts, because botocore takes a moment.
        from personalize_local.authentication.received_request import canonical_query
        from personalize_local.authentication.signatures import sign

        data = b"" if body is None else json.dumps(body).encode()
        resource, _, query = path.partition("?")
        url = f"{self.endpoint_url}{resource}?{canonical_query(query)}"
        keys = Keys(self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"])
        headers = dict(sign(method, url, data, keys, self.environment["AWS_REGION"]))
        request = urllib.request.Request(url, data or None, headers, method=method)  # noqa: S310
        context = create_default_context(cafile=self.environment["AWS_CA_BUNDLE"])
        # Requests to loopback must not use a proxy from the environment.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request, timeout=30) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            raise LocalAwsError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return answer

    def _read_announcement(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process and self._process.stdout else b""
        if not line:
            raise LocalAwsError("the local AWS did not start; see its log for the cause")
        announcement: dict[str, Any] = json.loads(line)
        if "problem" in announcement:
            raise LocalAwsError(announcement["problem"])
        return announcement

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                self._request("GET", "/_ministack/health")
                return
            except (OSError, LocalAwsError):
                if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                    raise
                time.sleep(0.05)
