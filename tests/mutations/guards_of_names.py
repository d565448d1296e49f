"""What the jobs of an import are called, and what makes it another import."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_name: Final = partial(Patch, "identity.py", "handler/test_identity.py")
_own: Final = partial(Patch, "identity.py", "faults/test_cloudformation_turns.py")

GUARDS: Final = (
    # In `identity`
    _name(
        "a stack that is made again finds its jobs: its name counts, not its id",
        'return self.stack_id.split("/")[1]',
        'return self.stack_id.split(":")[5].replace("/", "-")',
    ),
    _name("a job's ARN is in the stack's partition", 'f"arn:{partition}:personalize', 'f"arn:aws:personalize'),
    _own(
        "only this import's jobs are its own",
        'return dataset_import_job_arn.startswith(f"{self.arn_prefix}{self.stem}")',
        "return dataset_import_job_arn.startswith(self.arn_prefix)",
    ),
    _name(
        "one that goes on waiting has the names of the import, whatever its own properties say",
        "if properties.dataset_import_job_arn:",
        "if False:",
    ),
    _name(
        "two digits of an attempt are no part of the stem", "len(name) - len(str(attempt_of(name)))", "len(name) - 1"
    ),
    _name(
        "an attempt may have more than one digit", 'int(job_name_or_arn.rpartition("-")[2])', "int(job_name_or_arn[-1])"
    ),
    _name("two stacks have names of their own", "[resource.stack_name, resource", "[resource"),
    _name("two resources have names of their own", "resource.logical_id, *what", "*what"),
    _name("the hash is as long as it was in releases before", "_HASH_LENGTH = 12", "_HASH_LENGTH = 13"),
    _name("another dataset is another import", "        properties.dataset_arn,\n", ""),
    _name(
        "another schema is another import: a dataset that was replaced is empty", "        properties.schema_arn,\n", ""
    ),
    _name("another location is another import", "        properties.data_location,\n", ""),
    _name("another role is another import", "        reader_of(properties.role_arn),\n", ""),
    _name("another mode is another import", "        properties.import_mode,\n", ""),
    _name("other metrics are another import", "        properties.publish_attribution_metrics_to_s3,\n", ""),
    _name("another token is another import", "        properties.reimport_token,\n", ""),
    _name(
        "the construct's own role has another name in each stack",
        "return f\"{own['account']}{contract.IMPORT_ROLE_PATH}{own['stack']}\" if own else role_arn",
        "return role_arn",
    ),
    _name(
        "roles in one path are different roles",
        "return f\"{own['account']}{contract.IMPORT_ROLE_PATH}{own['stack']}\" if own else role_arn",
        'return role_arn.rpartition("/")[0]',
    ),
    _name(
        "a role is the construct's own if its path ends so, with a stack's name, not if it has that somewhere",
        "(?P<stack>[^/]+)/[^/]+",
        "(?P<stack>.*)[^/]+",
    ),
    _name(
        "the Region in the path of a role makes it no other role, for earlier versions had none there",
        "({_REGION}/)?",
        "",
    ),
    _name(
        "a shared provider's path makes no role another one",
        "{own['account']}{contract.IMPORT_ROLE_PATH}{own['stack']}",
        "{role_arn.rpartition('/')[0]}",
    ),
    _name(
        "a long stack name leaves room for the hash",
        'return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")',
        'return name.rstrip("-")',
    ),
)
