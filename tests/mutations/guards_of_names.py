"""Ids of resources, names of jobs, and what makes an import another one."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_attempt_resource: Final = partial(Patch, "request/resource.py", "handler/job/test_attempts.py")
_data_name: Final = partial(Patch, "request/job_names.py", "handler/job/test_data_changes.py")
_delete_name: Final = partial(Patch, "request/job_names.py", "handler/job/test_lifecycle_delete.py")
_id_identity: Final = partial(Patch, "request/import_identity.py", "handler/request/test_physical_ids.py")
_id_name: Final = partial(Patch, "request/job_names.py", "handler/request/test_physical_ids.py")
_id_resource: Final = partial(Patch, "request/resource.py", "handler/request/test_physical_ids.py")
_name: Final = partial(Patch, "request/job_names.py", "handler/request/test_job_names.py")
_name_identity: Final = partial(Patch, "request/import_identity.py", "handler/request/test_job_names.py")
_name_resource: Final = partial(Patch, "request/resource.py", "handler/request/test_job_names.py")
_operation_name: Final = partial(Patch, "request/job_names.py", "faults/test_cloudformation_operations.py")
_upgrade_identity: Final = partial(Patch, "request/import_identity.py", "handler/job/test_upgrade.py")
_upgrade_name: Final = partial(Patch, "request/job_names.py", "handler/job/test_upgrade.py")
_upgrade_resource: Final = partial(Patch, "request/resource.py", "handler/job/test_upgrade.py")
_IS_ONE: Final = 'job and job["digest"] == self.digest and dataset_import_job_arn.startswith(self.arn_prefix)'
_PREFIX: Final = 'return bool(job and job["prefix"] == f"{self.arn_prefix}{self.name_prefix}")'
_LOCATION: Final = (
    "_without_stack_folder(properties.data_location) if properties.data_files else properties.data_location"
)

GUARDS: Final = (
    # In `identity`
    _name_resource(
        "a stack that is repeated finds its jobs: its name counts, not its id",
        'return self.stack_id.split("/")[1]',
        'return self.stack_id.split(":")[5].replace("/", "-")',
    ),
    _name_resource(
        "a job's ARN is in the stack's partition", 'f"arn:{stack.partition}:personalize', 'f"arn:aws:personalize'
    ),
    # In `identity.resource_of`
    _id_resource(
        "only a resource that is created gets an id",
        'if event["RequestType"] == "Create":',
        "if True:",
    ),
    _id_resource("a Create has no id yet", 'event.get("PhysicalResourceId", "")', 'event["PhysicalResourceId"]'),
    _id_resource(
        "an id has the name of the stack",
        'f"{resource.stack_name}/{resource.logical_id}"',
        "resource.logical_id",
    ),
    _id_resource("an id has the logical id", 'f"{resource.stack_name}/{resource.logical_id}"', "resource.stack_name"),
    # In `identity.JobNames`
    _operation_name(
        "only the jobs of this import are attempts at it",
        _IS_ONE,
        "job and dataset_import_job_arn.startswith(self.arn_prefix)",
    ),
    _name("a job of another Region or account is no attempt", _IS_ONE, 'job and job["digest"] == self.digest'),
    _attempt_resource(
        "an attempt may have three characters",
        "(?P<attempt>{constraints.ATTEMPT_PATTERN})",
        "(?P<attempt>[1-9][0-9]?|[a-z][0-9a-z])",
    ),
    _name_resource(
        "a job that is not named by an attempt is none",
        "(?P<attempt>{constraints.ATTEMPT_PATTERN})",
        "(?P<attempt>[0-9a-z]+)",
    ),
    _delete_name(
        "a job that only begins with the prefix is another's",
        _PREFIX,
        'return dataset_import_job_arn.startswith(f"{self.arn_prefix}{self.name_prefix}")',
    ),
    _data_name("a resource has the jobs of its prefix", _PREFIX, "return False"),
    # In `identity.names_of`
    _name(
        "a resource that continues waiting has the names of the one that has begun the import",
        "origin_of(first_of(properties, resource))",
        "origin_of(resource)",
    ),
    _name(
        "two digits of an attempt are no part of the prefix",
        'name.rsplit("-", 2)',
        'f"{name[:-2]}-{name[-1]}".rsplit("-", 2)',
    ),
    _name(
        "an attempt may have more than one digit",
        'attempt_number(dataset_import_job_arn.rpartition("-")[2])',
        "attempt_number(dataset_import_job_arn[-1])",
    ),
    _name(
        "the attempts after the 999th have three characters",
        "    if number <= _DECIMAL_ATTEMPTS:\n",
        "    if True:\n",
    ),
    _name(
        "no two attempts have the same text",
        'rest = "", number - _DECIMAL_ATTEMPTS - 1 + _FIRST',
        'rest = "", number // 2 + _FIRST',
    ),
    _name(
        "the job of a file is not repeated in a rollback",
        'and job["prefix"] == prefix and not job["digest"].startswith(FILE_MARK)',
        'and job["prefix"] == prefix',
    ),
    _name("two stacks have separate names", "json.dumps([scope, logical_id", "json.dumps([logical_id"),
    _name("two resources have separate names", "json.dumps([scope, logical_id", "json.dumps([scope"),
    # In `identity._origin_of`
    _id_resource(
        "a resource that was moved has the names of the place where it was created",
        "    created = _PHYSICAL_ID.fullmatch(resource.physical_id)\n    if",
        "    created = None\n    if",
    ),
    _id_resource(
        "a resource that was moved to another stack has the names of its first one",
        'return created["stack_name"], created["logical_id"]',
        'return resource.stack_name, created["logical_id"]',
    ),
    _id_resource(
        "a resource that was moved to another logical id has the names of its first one",
        'return created["stack_name"], created["logical_id"]',
        'return created["stack_name"], resource.logical_id',
    ),
    _id_resource(
        "a resource that was moved in its stack has the names of its first logical id",
        'return resource.scope, created["logical_id"] if created else resource.logical_id',
        "return resource.scope, resource.logical_id",
    ),
    _upgrade_resource(
        "the jobs of an earlier version in a nested stack have no scope in their names",
        "    if JOB_ARN.fullmatch(resource.physical_id):\n",
        "    if False:\n",
    ),
    _id_resource(
        "a resource whose creation was cancelled has jobs with the scope of its nested stack",
        "return resource.scope, created",
        "return resource.scope if created else resource.stack_name, created",
    ),
    _id_resource(
        "a resource of a nested stack has the jobs of that stack when it is created again under another name",
        "return resource.scope, created",
        "return resource.stack_name, created",
    ),
    # In `identity._in_stack, .is_same_reader`
    _upgrade_name(
        "the import roles of an earlier version in a nested stack have no scope in their paths",
        "resource.stack_name, resource.stack_scope)",
        "resource.stack_name)",
    ),
    _id_name(
        "a role that was moved with its resource has the path of its first stack",
        "resource.stack_name, resource.stack_scope)",
        "resource.stack_scope)",
    ),
    _name_identity("a role of another stack is another role", "if own and own[part] in present:", "if own:"),
    _upgrade_identity(
        "a role of a nested stack has a scope in its path", '"scope" if own and own["scope"] else "stack"', '"stack"'
    ),
    _id_identity(
        "the role of a job may be in another stack than the role of a resource that was moved",
        'return first["account"] == second["account"] if first and second else one == other',
        "return canonical_role(one) == canonical_role(other)",
    ),
    _name_identity(
        "a role of another account is another role",
        'first["account"] == second["account"] if first',
        "True if first",
    ),
    # In `identity.what_is_imported, .reader_of, ._default_prefix`
    _name_resource("the hash is as long as it was in releases before", "HASH_LENGTH: Final = 12", "HASH_LENGTH = 13"),
    _name_identity("another dataset is another import", "        properties.dataset_arn,\n", ""),
    _name_identity(
        "another schema is another import: a dataset that was replaced is empty", "        properties.schema_arn,\n", ""
    ),
    _name_identity(
        "another location is another import",
        f"        {_LOCATION},\n",
        "",
    ),
    _name_identity("another role is another import", "        canonical_role(properties.role_arn),\n", ""),
    _name_identity("another mode is another import", "        properties.import_mode,\n", ""),
    _name_identity("other metrics are another import", "        properties.publish_attribution_metrics_to_s3,\n", ""),
    _name_identity("another token is another import", "        properties.reimport_token,\n", ""),
    _name_identity(
        "the construct's own role has another name in each stack",
        "return f\"{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}\" if own else role_arn",
        "return role_arn",
    ),
    _name_identity(
        "roles in one path are different roles",
        "return f\"{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}\" if own else role_arn",
        'return role_arn.rpartition("/")[0]',
    ),
    _name_identity(
        "a role is the construct's own if its path ends so, with a stack's name, not if it has that somewhere",
        "(?P<stack>[^/]+))/[^/]+",
        "(?P<stack>.*))[^/]+",
    ),
    _name_identity(
        "the Region in the path of a role makes it no other role, for earlier versions had none there",
        "({_REGION}/(?P<scope>",
        "(nowhere/(?P<scope>",
    ),
    _name_identity(
        "a shared provider's path makes no role another one",
        "{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}",
        "{role_arn.rpartition('/')[0]}",
    ),
    _name(
        "a long stack name leaves room for the hash",
        'return name[: contract.JOB_NAME_LENGTH_MAX].rstrip("-")',
        'return name.rstrip("-")',
    ),
)
