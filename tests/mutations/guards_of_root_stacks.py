"""Guards of root stacks and nested stacks."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_stack: Final = partial(Patch, "job/prerequisites.py", "handler/request/test_ownership.py")
_continued: Final = partial(Patch, "job/import_job.py", "handler/request/test_ownership.py")
_chain: Final = partial(Patch, "job/import_job.py", "handler/job/test_wait_chain_data.py")
_life: Final = partial(Patch, "job/lifecycle.py", "handler/request/test_ownership.py")
_repeat: Final = partial(Patch, "job/repeating_followers.py", "handler/request/test_ownership.py")
_repeat_moved: Final = partial(Patch, "job/repeating_followers.py", "handler/job/test_moved_resources.py")
_client: Final = partial(Patch, "aws/stacks_client.py", "handler/aws/test_stacks_client.py")
_foreign: Final = partial(Patch, "job/repeating_followers.py", "handler/request/test_ownership.py")

GUARDS: Final = (
    # In `prerequisites.resolve_root_stack`
    _stack(
        "the root stack is asked for once", "progress.root_stack_name is not None or not ownership", "not ownership"
    ),
    _stack(
        "the root stack is asked for only where something depends on it",
        "not ownership.depends_on_root_stack(properties, resource)",
        "False",
    ),
    _stack(
        "a root stack that can't be seen yet is asked for later",
        "root_of(resource.stack_id)\n    except RefusedError as refused:",
        "root_of(resource.stack_id)\n    except KeyError as refused:",
    ),
    _stack(
        "what belongs to another root stack is refused",
        "if problems := [*ownership.problems_with_root_stack(properties, resource, root.name)]:",
        "if problems := []:",
    ),
    _stack("the root stack is recorded", "progress._replace(root_stack_name=root.name)", "progress"),
    _stack(
        "the service's time is known before the stack is asked for",
        "        requested.sync_clock()\n        root",
        "        root",
    ),
    # In `import_job.continue_job, continue_from, _fingerprint_of`
    _continued(
        "a job of another import is not continued",
        "if not requested.names.includes(dataset_import_job_arn):",
        "if False:",
    ),
    _chain(
        "a wait chain whose data doesn't decide reads no tags",
        "    if requested.names.includes(dataset_import_job_arn):\n"
        "        return continue_job(requested, progress, dataset_import_job_arn)\n",
        "",
    ),
    _chain(
        "a wait chain continues with the data that its job has imported",
        "properties=requested.properties._replace(data_fingerprint=fingerprint))",
        "properties=requested.properties)",
    ),
    _chain(
        "the data that the job of a wait chain has imported is recorded",
        "continue_job(known, progress._replace(data_fingerprint=fingerprint), dataset_import_job_arn)",
        "continue_job(known, progress, dataset_import_job_arn)",
    ),
    _chain(
        "a wait chain whose job was never started imports the data as it is now",
        "if fingerprint is None and requested.compares_data:",
        "if False:",
    ),
    _continued(
        "a wait chain whose data doesn't decide continues with no other job",
        "if fingerprint is None and requested.compares_data:",
        "if fingerprint is None:",
    ),
    _chain(
        "a wait chain whose job was never started compares its data first",
        "return compute_fingerprint(requested, progress) or find_job(requested, progress)",
        "return find_job(requested, progress)",
    ),
    _chain(
        "a job of a wait chain that can't be seen for the moment is described again",
        "_fingerprint_of(requested, dataset_import_job_arn)\n    except RefusedError as refused:",
        "_fingerprint_of(requested, dataset_import_job_arn)\n    except DataRefusedError as refused:",
    ),
    _chain(
        "a job that was never started has no data",
        "if personalize.describe_dataset_import_job(dataset_import_job_arn) is None:",
        "if False:",
    ),
    _chain(
        "a job without a fingerprint is none of data that is compared",
        'list_tags(dataset_import_job_arn).get(DATA_FINGERPRINT_TAG, "")',
        "list_tags(dataset_import_job_arn).get(DATA_FINGERPRINT_TAG)",
    ),
    # In `lifecycle`
    _life(
        "the properties of a request belong to its stack",
        "if problems := [*ownership.problems_of(request.properties, request.resource, request.provider)]:",
        "if problems := []:",
    ),
    _life(
        "a Create knows its root stack",
        "    return (\n        resolve_root_stack(requested, progress)\n        or _resume",
        "    return (\n        _resume",
    ),
    _life(
        "an Update knows its root stack",
        ":= (\n        resolve_root_stack(requested, progress)\n        or _resume",
        ":= (\n        _resume",
    ),
    # In `restoring`
    _foreign(
        "jobs of another stack don't count as updates of a follower",
        "return resource_tag is not None and not is_tag_of_scope(resource_tag, requested.resource)",
        "return False",
    ),
    _foreign("a JobName proves nothing about an untagged job", "if not resource_tag:", "if False:"),
    _foreign(
        "an untagged job with the name of the stack is repeated",
        "            if digest_after(prefix, repeated)\n        ),",
        "            if False\n        ),",
    ),
    Patch(
        "job/tagging.py",
        "handler/request/test_ownership.py",
        "the job of another resource is not tagged with any hash",
        'if present.get(RESOURCE_TAG, own) not in {own, f"{own}{RELEASED}"}:',
        "if False:",
    ),
    Patch(
        "job/tagging.py",
        "handler/job/test_release.py",
        "a running job that was released may be tagged again",
        '{own, f"{own}{RELEASED}"}',
        "{own}",
    ),
    _repeat_moved(
        "a repeat has the tag of its resource",
        "own_names=names_from_job_arn(repeated, resource_tag))",
        "own_names=names_from_job_arn(repeated))",
    ),
    # In `stacks_client`
    _client(
        "a nested stack has a root stack",
        'root_id = stack.get("RootId", stack_id)',
        "root_id = stack_id",
    ),
    _client(
        "the root stack is another one than the parent",
        'stack.get("RootId", stack_id)',
        'stack.get("ParentId", stack_id)',
    ),
    _client("a stack may have no root stack", 'stack.get("RootId", stack_id)', 'stack["RootId"]'),
    _client("a root stack is described once", "if root_id != stack_id:", "if True:"),
    _client(
        "a call of CloudFormation that is throttled may be made again",
        'return call_service("DescribeStacks", lambda: self._client.describe_stacks(StackName=stack_id))["Stacks"][0]',
        'return self._client.describe_stacks(StackName=stack_id)["Stacks"][0]',
    ),
)
