"""The serving process: listen on a port, create a certificate, and run ministack with the Personalize service."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from personalize_local.authentication.keys import new_keys
from personalize_local.personalize.clock import Clock
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.service import PersonalizeService
from personalize_local.server.environment import apply_environment, client_environment, endpoint_url
from personalize_local.server.locks import CannotServeError, listen_on, lock_folder
from personalize_local.server.options import Options
from personalize_local.server.state_file import StateFile
from personalize_local.server.tls import TlsFiles, create_certificate

# Only this user can read or write the files of the server and of the functions.
_UMASK: Final = 0o077
_PENDING_SHARE: Final = 0.2
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The process exits after this time even if it can't stop cleanly, because its parent may be gone.
_END_SECONDS: Final = 15


def serve(options: Options) -> int:
    """Serve until a signal or the end of standard input, and exit; return 1 if serving is impossible."""
    os.umask(_UMASK)
    try:
        listener, lock = listen_on(options.port), lock_folder(options.state)
        service, state_file = _service(options), StateFile(options.state) if options.state else None
        if state_file:
            service.store.restore(state_file.load(), state_file)
    except CannotServeError as problem:
        _announce({"problem": str(problem)})
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with tempfile.TemporaryDirectory(prefix="personalize-local-", ignore_cleanup_errors=True) as work:
        for number in _SIGNALS:
            signal.signal(number, partial(_end_before_serving, Path(work)))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        with lock:
            _serve(options, service, state_file, listener, Path(work))
    # Don't wait for pending requests: CloudFormation waits up to an hour for the response of a custom resource.
    sys.stdout.flush()
    os._exit(0)


def _serve(
    options: Options, service: PersonalizeService, state_file: StateFile | None, listener: socket.socket, work: Path
) -> None:
    port = listener.getsockname()[1]
    tls = create_certificate(work)
    environment = client_environment(options, port, tls, new_keys())
    apply_environment(options, environment, tls, work)

    # Imported here because ministack reads the environment set above.
    from personalize_local.ministack.patches.service_loading import load_services_on_first_use

    load_services_on_first_use()
    from personalize_local.ministack import mount

    application = mount.mount(service, endpoint_url(port), state_file)
    _announce({"endpoint_url": environment["AWS_ENDPOINT_URL"], "environment": environment})
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_until_stopped(application, listener, tls))
    finally:
        threading.Timer(_END_SECONDS, os._exit, (1,)).start()
        mount.stop_functions()
        # Pending calls may have started functions in the meantime.
        mount.stop_functions()
        if state_file:
            state_file.close()


def _announce(message: Mapping[str, object]) -> None:
    """Send the endpoint and the keys, or the problem, to the parent process."""
    print(json.dumps(message), flush=True)  # noqa: T201 - the command's output


def _end_before_serving(work: Path, _number: int, _frame: object) -> None:
    """Exit during the start, and remove the working folder.

    An exception could be caught by a module that is being imported and handles failed imports.
    """
    shutil.rmtree(work, ignore_errors=True)
    os._exit(0)


async def _until_stopped(application: object, listener: socket.socket, tls: TlsFiles) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve  # after ministack has patched it
    from hypercorn.config import Config

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=_stop_when_input_ends, args=(loop, stop), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.certfile, config.keyfile = str(tls.certificate), str(tls.key)
    config.loglevel = "ERROR"
    serving = asyncio.ensure_future(hypercorn_serve(application, config, shutdown_trigger=asyncio.Event().wait))  # type: ignore[arg-type]
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()


def _stop_when_input_ends(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(stop.set)


def _service(options: Options) -> PersonalizeService:
    settings = Settings(
        import_pending_seconds=options.import_seconds * _PENDING_SHARE,
        import_in_progress_seconds=options.import_seconds * (1 - _PENDING_SHARE),
        dataset_groups=options.dataset_groups,
    )
    return PersonalizeService(clock=Clock(options.speed), settings=settings)
