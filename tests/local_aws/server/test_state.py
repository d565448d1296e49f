"""State between two runs of the server."""

from pathlib import Path

import pytest

from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import finished, make_import_role, put_users, start_job
from tests.local_aws.support.stacks import Stack, template


@pytest.mark.slow
def test_the_next_run_continues_with_the_state_of_the_last_one(temporary: Path, tmp_path: Path) -> None:
    options = Options(speed=100, import_seconds=10, state=tmp_path / "kept" / "state")
    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        assert Stack(cloud, "kept").create(template("kept")) == "CREATE_COMPLETE"
        outputs, location, role = cloud.outputs("kept"), put_users(cloud, "kept"), make_import_role(cloud, "kept")
        finished(cloud, start_job(cloud.personalize, "first", outputs["DatasetArn"], location, role))
        jobs, rows = cloud.jobs("first"), cloud.rows(outputs["DatasetArn"], limit=10)
        time_before = aws.control("GET", "status")["now"]
    assert list(temporary.iterdir()) == []

    with LocalAws(options) as aws:
        cloud = Cloud(aws, tmp_path)
        assert aws.control("GET", "status")["now"] >= time_before
        assert cloud.jobs("first") == jobs
        assert cloud.rows(outputs["DatasetArn"], limit=10) == rows
        assert cloud.outputs("kept") == outputs
        # The bucket, its policy and the role are there too: a second job reads with them.
        again = start_job(cloud.personalize, "second", outputs["DatasetArn"], location, role)
        assert finished(cloud, again)["status"] == "ACTIVE"
        Stack(cloud, "kept").delete()
        assert cloud.personalize.list_datasets()["datasets"] == []


@pytest.mark.slow
def test_without_a_folder_no_state_is_kept(temporary: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with LocalAws(Options(speed=100)) as aws:
            personalize = Cloud(aws, tmp_path).personalize
            assert personalize.list_dataset_groups()["datasetGroups"] == []
            personalize.create_dataset_group(name="forgotten")
