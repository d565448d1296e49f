"""Other users of the machine can't read or write the server's files, or make it run code."""

import os
import pickle
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from personalize_local.cdk_cli import CdkCli
from personalize_local.server.launcher import LocalAws, LocalAwsError
from personalize_local.server.locks import CannotServeError, lock_folder
from personalize_local.server.options import Options
from personalize_local.server.tls import create_certificate
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import invoke, make_function
from tests.local_aws.support.server_setup import make_role, trust

OTHERS = stat.S_IRWXG | stat.S_IRWXO
PLANTED = "raise SystemExit('a module of the current folder was run')\n"
MODULES = ("trustme", "json", "hypercorn", "ministack", "boto3", "personalize_local")


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """Files are for everybody to read, unless who writes them sees to it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(*folders: Path) -> list[Path]:
    """Return the files and folders that other users have access to."""
    found = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    return [path for path in found if not path.is_symlink() and path.stat().st_mode & OTHERS]


@pytest.mark.usefixtures("usual_umask")
def test_all_files_of_a_server_are_private_to_its_user(temporary: Path, tmp_path: Path) -> None:
    state = tmp_path / "kept" / "state"
    with LocalAws(Options(speed=100, state=state)) as aws:
        cloud = Cloud(aws, tmp_path)
        cloud.put("anybody", "a.csv", "x")
        cloud.client("iam").create_access_key(
            UserName=cloud.client("iam").create_user(UserName="u")["User"]["UserName"]
        )
        cloud.client("cognito-idp").list_user_pools(MaxResults=1)  # the service creates a key when it is loaded
        [work] = temporary.iterdir()
        assert [path.name for path in work.rglob("*.key")] == ["server.key"]
        assert open_to_others(work) == []
    assert {path.name for path in state.iterdir()} >= {"state.sqlite", "ministack", "s3"}
    assert open_to_others(state.parent) == []


@pytest.mark.usefixtures("usual_umask")
def test_the_key_of_the_certificate_is_created_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "chmod", lambda *_: pytest.fail("it was open before this"))
    assert stat.S_IMODE(create_certificate(tmp_path).key.stat().st_mode) == 0o600


def test_functions_trust_the_authorities_of_the_user_and_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "organization.pem"
    trustme.CA(organization_name="Films Ltd").cert_pem.write_to_path(str(own))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    files = create_certificate(tmp_path)

    trusted = ssl.create_default_context(cafile=str(files.all_authorities)).get_ca_certs()
    assert "Films Ltd" in str(trusted)
    assert "trustme v" in str(trusted)
    assert len(trusted) > 50, "those of the system, or of botocore"


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757, 0o1777])
def test_a_folder_that_others_can_write_to_keeps_no_state(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(CannotServeError, match=f"is writable by other users; run: chmod go-w {tmp_path}"):
        lock_folder(tmp_path)


def test_a_folder_of_another_user_keeps_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(CannotServeError, match="belongs to another user"):
        lock_folder(tmp_path)


class Planted:
    """Leaves a file where it is loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mknod, (str(self._path),)


def test_a_pickle_in_the_folder_of_the_state_is_not_run(tmp_path: Path) -> None:
    state, trace = tmp_path / "state", tmp_path / "trace"
    state.mkdir(mode=0o700)
    (state / "personalize.pickle").write_bytes(pickle.dumps(Planted(trace)))
    with pytest.raises(LocalAwsError, match="contains state of an earlier version"), LocalAws(Options(state=state)):
        pass
    assert not trace.exists()


def test_no_module_of_the_package_unpickles(tmp_path: Path) -> None:
    sources = (Path(__file__).parents[3] / "local_aws").rglob("*.py")
    assert [path.name for path in sources if "import pickle" in path.read_text()] == []


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with modules of another user."""
    folder = tmp_path / "planted"
    folder.mkdir()
    for name in MODULES:
        (folder / f"{name}.py").write_text(PLANTED)
    monkeypatch.chdir(folder)
    return folder


def test_neither_server_nor_functions_nor_cdk_import_modules_of_the_current_folder(
    planted: Path, tmp_path: Path
) -> None:
    with LocalAws(Options(speed=100)) as aws:
        cloud = Cloud(aws, tmp_path)
        role = make_role(cloud, "paths", trusting=trust({"Service": "lambda.amazonaws.com"}, {}))
        make_function(
            cloud, "paths", role, "import os, sys\ndef handler(_event, _context): return [os.getcwd(), *sys.path]"
        )
        paths = invoke(cloud, "paths")
        CdkCli(aws.process_environment(), planted).run("--version")
    assert str(planted) not in paths
    assert "" not in paths


def test_the_command_line_imports_no_module_of_the_current_folder(planted: Path) -> None:
    script = Path(sys.executable).with_name("personalize-import")
    run = subprocess.run([script, "local", "true"], capture_output=True, text=True, check=False, cwd=planted)
    assert (run.returncode, run.stderr) == (0, "")
