"""The blocks of code in README and docs, and what shows that each of them works.

Python is run and must synthesize an import job, JSON is parsed, and templates in YAML are held against the JSON schema.
Whoever adds another block names the tests that run it in `RUN_BY`, by its page and how it begins. Python that is no app
of its own gets in `BEFORE` what goes before it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


@dataclass(frozen=True)
class Block:
    """A block of code."""

    page: str
    language: str
    text: str

    @property
    def name(self) -> str:
        """The page and the text."""
        return f"{self.page}: {self.text}"

    def key(self, table: Iterable[str]) -> str | None:
        """Return the key of a table that is for this block: the longest that its name begins with."""
        return max((key for key in table if self.name.startswith(key)), key=len, default=None)


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [Block(page.relative_to(ROOT).as_posix(), language, text) for language, text in found]


BLOCKS: Final = [block for page in PAGES for block in blocks_of(page)]


def text_of(start: str) -> str:
    """Return the one block whose name begins so."""
    (text,) = [block.text for block in BLOCKS if block.name.startswith(start)]
    return text


_STACK: Final = """
import aws_cdk as cdk
from personalize_import import DatasetImportJob, DataSource
app = cdk.App()
stack = cdk.Stack(app, "Recommendations")
dataset = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS"
data_source = DataSource.from_s3_uri("s3://my-interactions/interactions/")
"""
_WITH_CONTEXT: Final = f"""{_STACK}
from aws_cdk import aws_ec2 as ec2, aws_kms as kms, aws_sqs as sqs
vpc, queue, key = ec2.Vpc(stack, "Vpc"), sqs.Queue(stack, "Queue"), kms.Key(stack, "Key")
"""
_JOB: Final = 'job = DatasetImportJob(stack, "Import", dataset=dataset, data_source=data_source)\n'

BEFORE: Final[Mapping[str, str]] = {
    "docs/checks.md: cdk.Annotations.of(job).acknowledge_warning": f"{_STACK}{_JOB}",
    "docs/migration.md: from personalize_import": text_of("docs/migration.md: import json").replace(
        "app.synth()\n", ""
    ),
    "docs/security.md: from personalize_import import DatasetImportProvider": _WITH_CONTEXT,
}

_TESTING: Final = (
    "tests/package/test_testing_for_users.py::test_the_documented_tests_pass_with_only_the_wheel_and_its_extra"
)
_SERVING: Final = "tests/cli/test_local.py::test_a_shell_uses_it_by_the_printed_exports_and_the_folder_keeps_the_state"
_SYNTAX: Final = """Resources:
  Import:
    Type: Custom::PersonalizeDatasetImportJob
    Properties:
      ServiceToken: String
"""
_NEWCOMER: Final = "tests/demo/test_newcomer.py::test_a_newcomer_installs_deploys_and_corrects_wrong_inputs"
_DEPLOYING: Final = (
    "tests/docs/test_commands.py::test_the_commands_of_the_readme_deploy_the_demo_with_a_proposed_schema"
)
_DEMO: Final = "tests/demo/test_deploy_local.py::test_a_deploy_reports_its_job_and_leaves_no_process"
_CHECKING: Final = "tests/cli/test_checks_page.py::test_the_example_prints_what_the_page_shows"
_DATA_CHANGES: Final = "tests/deploy/test_preflight.py::test_only_changed_data_is_imported_again"
_STATUS: Final = "tests/deploy/test_status.py::test_watch_follows_an_import_to_its_end"
_RECORDING: Final = "tests/deploy/test_status_recording.py::test_the_docs_show_the_output_of_status"

_ROWS: Final = "tests/deploy/test_current_rows.py"

RUN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "ARCHITECTURE.md: personalize_import_cli": (
        "tests/docs/test_docs.py::test_the_drawing_of_the_packages_matches_the_imports",
    ),
    "ARCHITECTURE.md: app.py  cdk.json": ("tests/docs/test_blocks.py::test_the_architecture_shows_every_folder",),
    "CONTRIBUTING.md: make install": ("tests/docs/test_blocks.py::test_every_command_of_the_project_exists",),
    "docs/conformance.md: make conformance": (
        "tests/gate/test_conformance.py::test_a_run_leaves_nothing_behind_also_after_ctrl_c_and_is_resumed",
    ),
    "docs/conformance.md: python -m tests.conformance texts": (
        "tests/gate/test_conformance_support.py::test_a_recorded_text_replaces_the_assumed_one",
    ),
    "README.md: make deploy-local": (_DEMO, _NEWCOMER, "tests/demo/test_makefile.py::test_paths_are_passed_unchanged"),
    "examples/README.md": (_NEWCOMER,),
    "README.md: pip install -r requirements.txt": (_DEPLOYING,),
    "docs/reimport.md: cdk deploy --parameters Recommendations:DataAsOf": (_DATA_CHANGES,),
    "README.md: pip install '.[cli]'": (
        _CHECKING,
        "tests/cli/test_s3.py::test_only_objects_directly_under_a_prefix_are_checked",
    ),
    'README.md: cdk deploy --app "python3 app.py"': (
        "tests/deploy/test_readme.py::test_the_first_example_deploys_from_an_empty_folder",
        _NEWCOMER,
    ),
    "README.md: pip install .": (
        _NEWCOMER,
        "tests/package/test_wheel.py::test_a_wheel_synthesizes_the_same_as_the_checkout",
    ),
    "docs/checks.md: pip install": ("tests/cli/test_checks_page.py::test_the_page_installs_an_extra_of_the_project",),
    "docs/checks.md: $ personalize-import check": (_CHECKING,),
    "docs/checks.md: id-missing": (
        "tests/constructs/data/test_synth_checks.py::test_each_error_has_the_problem_its_location_its_count_and_the_fix",
    ),
    "docs/local-aws.md: local_cloud.aws.control": (
        "tests/docs/test_local_aws_page.py::test_quotas_and_durations_are_changed_as_the_page_shows",
    ),
    "docs/pipelines.md: name: deploy": (
        "tests/docs/test_pipelines_page.py::test_the_workflow_sets_the_parameter_of_the_stack",
        _DATA_CHANGES,
    ),
    "docs/reliability.md: aws cloudformation continue-update-rollback --stack-name Recommendations\n": (
        f"{_ROWS}::test_a_failed_rollback_can_be_continued_after_its_cause_is_fixed",
    ),
    "docs/reliability.md: aws cloudformation continue-update-rollback --stack-name Recommendations --resources": (
        f"{_ROWS}::test_a_failed_rollback_can_skip_the_import_and_the_next_deploy_imports",
    ),
    "docs/resource-reference.md: make provider-template": (
        "tests/examples/test_examples.py::test_an_example_deploys_updates_and_destroys",
    ),
    f"docs/resource-reference.md: {_SYNTAX}": (
        "tests/constructs/template_reference/test_reference.py::test_the_page_and_the_schema_are_up_to_date",
    ),
    'docs/resource-reference.md: resource "aws_cloudformation_stack"': (
        "tests/docs/test_blocks.py::test_the_terraform_resource_has_existing_properties",
    ),
    "docs/testing.md": (_TESTING,),
    "docs/testing.md: import pytest": ("tests/docs/test_commands.py::test_additional_options_are_accepted",),
    "docs/testing.md: personalize-import local --bootstrap": (_DEPLOYING,),
    "docs/testing.md: $ personalize-import local": (_SERVING,),
    "docs/troubleshooting.md: Input csv is missing": (
        "tests/handler/messages/test_failure_reasons.py::test_a_refused_call_is_reported_with_its_operation_and_code",
    ),
    "README.md: personalize-import status": (_STATUS, _RECORDING),
    "docs/shared-provider.md: aws cloudformation delete-stack": (
        "tests/deploy/test_shared_provider.py::test_stacks_of_a_destroyed_provider_can_be_deleted_without_their_imports",
    ),
    "docs/status.md: pip install": (
        "tests/cli/test_status_page.py::test_the_page_installs_an_extra_of_the_project",
        _STATUS,
    ),
    "docs/status.md: Shop  ": (_RECORDING,),
    "docs/status.md: import        last refresh": (
        "tests/cli/test_status_page.py::test_the_page_shows_refreshes_as_they_are_printed",
    ),
    "docs/status.md: $ personalize-import status": (_RECORDING,),
    "examples/": ("tests/examples/test_examples.py::test_an_example_deploys_updates_and_destroys",),
}
