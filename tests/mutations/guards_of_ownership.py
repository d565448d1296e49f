"""Guards of ownership: jobs, roles, folders and the staging bucket belong to one stack."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_own: Final = partial(Patch, "request/ownership.py", "handler/request/test_ownership.py")
_moved: Final = partial(Patch, "request/ownership.py", "handler/job/test_moved_resources.py")
_bucket: Final = partial(Patch, "data/staging_bucket_requests.py", "handler/request/test_ownership.py")
_identity: Final = partial(Patch, "request/import_identity.py", "handler/request/test_job_names.py")
_identity_name: Final = partial(Patch, "request/job_names.py", "handler/request/test_job_names.py")
_identity_resource: Final = partial(Patch, "request/resource.py", "handler/request/test_job_names.py")
_name: Final = partial(Patch, "request/job_names.py", "handler/request/test_ownership.py")
_name_identity: Final = partial(Patch, "request/import_identity.py", "handler/request/test_ownership.py")
_name_moved_name: Final = partial(Patch, "request/job_names.py", "handler/job/test_moved_resources.py")
_name_moved_resource: Final = partial(Patch, "request/resource.py", "handler/job/test_moved_resources.py")
_name_resource: Final = partial(Patch, "request/resource.py", "handler/request/test_ownership.py")
_NAMES_ROOT: Final = (
    "properties.stack_scope is not None or stack_of_role(properties.role_arn) not in {None, *_own_names(resource)}"
)
_IS_OWN: Final = 'scope and root_name != resource.stack_name and scope.startswith(f"{root_name}/")'
_OWNER: Final = "if owner not in {None, root_name, *_own_names(resource)}:"
_SCOPES: Final = "for scope in (resource.scope, resource.created_in))"
_FIRST: Final = "return resource._replace(logical_id=logical_id, physical_id=physical_id)"

GUARDS: Final = (
    # In `ownership`
    _own(
        "a location is compared with the stack",
        "    yield from _problems_of_location(properties, resource, provider)\n",
        "",
    ),
    _own(
        "a dataset and a role are compared with the stack",
        "    yield from _problems_of_environment(properties, resource)\n",
        "",
    ),
    _own("the Region of a role is not compared, because it has none", "._replace(region=stack.region)", ""),
    _own(
        "a job is in the account and Region of the stack",
        "if arn and not arn.startswith(resource.job_arn_prefix):",
        "if False:",
    ),
    _own(
        "the first resource of a wait chain is of the stack",
        "if first_of(properties, resource).created_in not in _own_names(resource):",
        "if False:",
    ),
    _own("a stack that has a scope is asked for its root stack", _NAMES_ROOT, _NAMES_ROOT.partition(" or ")[2]),
    _own("a role of another stack has it asked for its root stack", _NAMES_ROOT, _NAMES_ROOT.partition(" or ")[0]),
    _own(
        "a stack with its own role needs no root stack", _NAMES_ROOT, _NAMES_ROOT.replace(", *_own_names(resource)", "")
    ),
    _own("a stack with a shared role needs no root stack", _NAMES_ROOT, _NAMES_ROOT.replace("None, *", "*")),
    _own("a scope begins with the root stack", "if scope != own_scope(properties, resource, root_name):", "if False:"),
    _own("a role is of the stack or its root stack", _OWNER, "if False:"),
    _own("a nested stack may pass any role that is of no stack", _OWNER, _OWNER.replace("None, ", "")),
    _own("a nested stack may pass the roles of its root stack", _OWNER, _OWNER.replace("root_name, ", "")),
    _own(
        "a nested stack may pass the roles that an earlier version gave it",
        _OWNER,
        _OWNER.replace(", *_own_names(resource)", ""),
    ),
    _own("a root stack has no scope", _IS_OWN, _IS_OWN.replace("root_name != resource.stack_name and ", "")),
    _own(
        "a scope begins with the whole name of the root stack", _IS_OWN, _IS_OWN.replace('f"{root_name}/"', "root_name")
    ),
    _own(
        "a nested stack has the scope of its own root stack",
        _IS_OWN,
        _IS_OWN.replace(' and scope.startswith(f"{root_name}/")', ""),
    ),
    _moved(
        "a resource that was moved may name what its stack has",
        "return {resource.stack_name, resource.created_in}",
        "return {resource.created_in}",
    ),
    _moved(
        "a resource that was moved may name what its stack before has",
        "return {resource.stack_name, resource.created_in}",
        "return {resource.stack_name}",
    ),
    _own("files are copied to the data bucket alone", "if properties.data_files and not is_staged:", "if False:"),
    _own(
        "a stack has its own folder in the data bucket",
        'if is_staged and key.partition("/")[0] != resource.stack_folder:',
        "if False:",
    ),
    _own(
        "the folder of a stack is the first one of the location",
        'key.partition("/")[0] != resource.stack_folder',
        "resource.stack_folder not in key",
    ),
    _own(
        "the folder of a stack has its whole name",
        'key.partition("/")[0] != resource.stack_folder',
        'not resource.stack_folder.startswith(key.partition("/")[0])',
    ),
    # In `data_resource`
    _bucket(
        "only the stack of the provider has a resource for the data bucket",
        "if not problems and not _is_of_provider(event, provider):",
        "if False:",
    ),
    _bucket(
        "only the stack of the provider has the data bucket emptied",
        "    if not _is_of_provider(event, provider):\n        logger",
        "    if False:\n        logger",
    ),
    _bucket(
        "a stack with the name of the provider's is another one",
        'return bool(event["StackId"] == provider.stack_id)',
        'return bool(event["StackId"].split("/")[1] == provider.stack_id.split("/")[1])',
    ),
    # In `identity`
    _name_moved_resource(
        "the id of a resource contains where it was created",
        'return created["stack_name"] if created else self.stack_name',
        "return self.stack_name",
    ),
    _name_resource(
        "two stacks of one name have separate folders",
        'return self.stack_id.rpartition("/")[2]',
        "return self.stack_name",
    ),
    _identity_resource(
        "the first resource may have been moved", _FIRST, _FIRST.replace(", physical_id=physical_id", "")
    ),
    _identity_resource(
        "the first resource has its own logical id", _FIRST, _FIRST.replace("logical_id=logical_id, ", "")
    ),
    _name_moved_name("rows of a nested stack are of its scope", _SCOPES, _SCOPES.replace("resource.scope, ", "")),
    _name_moved_name("rows may be of the stack before", _SCOPES, _SCOPES.replace("resource.created_in", "")),
    _name(
        "a tag has the whole name of the stack",
        'resource_tag.startswith(_resource_tag(scope, ""))',
        "resource_tag.startswith(scope)",
    ),
    _identity_name(
        "the tag of a resource has room for its release",
        "contract.TAG_VALUE_LENGTH_MAX - len(contract.RELEASED)",
        "contract.TAG_VALUE_LENGTH_MAX",
    ),
    _name(
        "long names of resources that begin alike have separate tags",
        'return f"{name[: length_max - 1 - len(digest)]}-{digest}"',
        "return name[:length_max]",
    ),
    _name_identity(
        "the role of a nested stack belongs to its root stack",
        '(own["scope"] or own["stack"]).partition("/")[0] if own',
        '(own["scope"] or own["stack"]) if own',
    ),
    _name_identity(
        "a role without a Region in its path belongs to a stack too",
        '(own["scope"] or own["stack"]).partition("/")[0] if own',
        'own["scope"].partition("/")[0] if own and own["scope"]',
    ),
    _identity(
        "a folder of a bucket is no folder of a stack without asset files",
        "    if not properties.data_files:\n        return one == properties.data_location\n",
        "",
    ),
    _identity(
        "a location with another folder is another import without asset files",
        " if properties.data_files else properties.data_location",
        "",
    ),
    _identity(
        "asset files are the same in the folder of another stack",
        'return _STACK_FOLDER.sub(r"\\1", location)',
        "return location",
    ),
    _identity(
        "asset files are in the same location in the folder of another stack",
        "return _without_stack_folder(one) == _without_stack_folder(properties.data_location)",
        "return one == properties.data_location",
    ),
    _identity(
        "other asset files are in another location",
        "return _without_stack_folder(one) == _without_stack_folder(properties.data_location)",
        "return True",
    ),
)
