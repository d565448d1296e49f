"""Generated calls of Personalize: valid by botocore's model, with one part replaced, or arbitrary bytes."""

import json
from collections.abc import Mapping
from operator import mul
from typing import TYPE_CHECKING, Any, Final

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from hypothesis import strategies as st

from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.recipes import RECIPES
from personalize_local.personalize.service import OPERATIONS
from personalize_local.personalize.service_model import input_shape, service_model
from tests.local_aws.support.fakes import BUCKET, ROLE_ARN
from tests.local_aws.support.service_setup import FIELDS, FILTER, schema_text

if TYPE_CHECKING:
    from collections.abc import Callable

Call = tuple[str, bytes]

_ROOT: Final = "arn:aws:personalize:eu-west-1"
_NAMES: Final = ("a", "a", "b-1", "a" * 63)
_FILTERS: Final = (FILTER, "INCLUDE ItemID WHERE Items.A NOT IN ($B)", "INCLUDE " * 100)
_TYPES: Final = ("INTERACTIONS", "Items", "USERS", "ACTIONS", "none")
# By the member that has the ARN, the resource part of ARNs; `{}` is a name.
_ARN_PATHS: Final[Mapping[str, str]] = {
    "schemaArn": "schema/{}",
    "datasetGroupArn": "dataset-group/{}",
    "datasetImportJobArn": "dataset-import-job/{}",
    **{
        kind.arn_member: kind.arn_path.replace("{name}", "{}").replace("{id}", "{}").replace("{solution}", "solution/a")
        for kind in GENERIC_KINDS.values()
    },
}
_RECIPES: Final = (*RECIPES, "arn:aws:personalize:::recipe/none", "arn:aws:personalize:::algorithm/aws-sims")
_HOSTILE: Final = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=5),
    st.sampled_from(["", "\0", "\ud800", "\u202e", "s3://", "s3://_/", "e30="]),
    st.builds(mul, st.sampled_from(["a", "[", '{"a":']), st.sampled_from([300, 2_000, 50_000])),
)
_NUMBERS: Final = st.one_of(
    st.integers(-3, 120), st.integers(), st.floats(), st.sampled_from([2**63, -(2**63), 10**400])
)
_JSON: Final = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_HOSTILE, inner, max_size=3),
    max_leaves=8,
)
_SCHEMAS: Final = st.one_of(
    st.sampled_from([schema_text(kind, fields) for kind, fields in FIELDS.items()]),
    st.builds(
        lambda name, fields: json.dumps({"type": "record", "name": name, "fields": fields, "version": "1.0"}),
        st.sampled_from(["Users", "Items", "Interactions", "Actions", "None"]) | _JSON,
        st.lists(
            st.fixed_dictionaries({"name": _JSON, "type": _JSON}) | st.sampled_from(FIELDS["Items"]) | _JSON, max_size=4
        )
        | _JSON,
    ),
    _JSON.map(json.dumps),
    _HOSTILE,
)
_LOCATIONS: Final = st.one_of(
    st.sampled_from([f"s3://{BUCKET}/data.csv", f"s3://{BUCKET}/", f"s3://{BUCKET}/other", "s3://nowhere/x"]),
    _HOSTILE.map("s3://{}".format),
    _HOSTILE.map(f"s3://{BUCKET}/{{}}".format),
    _HOSTILE,
)


def calls(account: str) -> st.SearchStrategy[Call]:
    """Return calls of the operations that there are, and of others; their ARNs are those of an account."""
    known = st.sampled_from(sorted(OPERATIONS)).flatmap(lambda operation: _of_operation(operation, account))
    others = st.tuples(
        st.sampled_from([*service_model().operation_names, "", "Nothing"]) | st.text(max_size=9), _BODIES
    )
    return _mostly(known, others)


def _of_operation(operation: str, account: str) -> st.SearchStrategy[Call]:
    parameters = _values(input_shape(operation), "", account)
    replaced = st.tuples(parameters, st.randoms(), _JSON).map(_replaced)
    return st.tuples(st.just(operation), _mostly(_mostly(parameters, replaced).map(_encoded), _BODIES))


def _mostly(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(range(5)).flatmap(lambda number: usual if number < 4 else other)


def _encoded(value: object) -> bytes:
    return json.dumps(value).encode()


_BODIES: Final = st.one_of(
    _JSON.map(_encoded),
    st.binary(max_size=40),
    st.sampled_from([b"", b"{", b'{"name":' + b"9" * 5_000 + b"}", b"\xff\xfe{\0}\0", b"NaN", b'{"name": 1e999}']),
    st.builds(mul, st.sampled_from([b"[", b'{"a":']), st.sampled_from([300, 50_000])),
)


def _replaced(generated: tuple[Any, Any, Any]) -> Any:
    """Return parameters of which one part, at any depth, is something else."""
    value, random, other = generated
    if isinstance(value, dict) and value and random.random() < 0.8:
        key = random.choice(sorted(value))
        return {**value, key: _replaced((value[key], random, other))}
    if isinstance(value, list) and value and random.random() < 0.8:
        return [_replaced((value[0], random, other)), *value[1:]]
    return other


def _values(shape: Shape, name: str, account: str) -> st.SearchStrategy[Any]:
    """Return values of a shape; strings are those that mean something here, or keep the shape's constraints."""
    if isinstance(shape, StructureShape):
        members = {member: _values(inner, member, account) for member, inner in shape.members.items()}
        required = {member: members.pop(member) for member in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return st.lists(_values(shape.member, name, account), max_size=3)
    if isinstance(shape, MapShape):
        return st.dictionaries(st.sampled_from(["a", "b"]), _values(shape.value, name, account), max_size=2)
    if isinstance(shape, StringShape):
        return _strings(shape, name, account)
    return st.booleans() if shape.type_name == "boolean" else st.integers(1, 100)


def _strings(shape: StringShape, name: str, account: str) -> st.SearchStrategy[str]:
    special: Mapping[str, Callable[[], st.SearchStrategy[str]]] = {
        "schema": lambda: _SCHEMAS,
        "dataLocation": lambda: _LOCATIONS,
        "path": lambda: _LOCATIONS,
        "filterExpression": lambda: st.sampled_from(_FILTERS) | _HOSTILE,
        "roleArn": lambda: st.sampled_from([ROLE_ARN, "arn:aws:iam::111122223333:role/none"]),
        "datasetType": lambda: st.sampled_from(_TYPES),
        "nextToken": lambda: st.sampled_from(["WzEsICJhIl0=", "W25hbiwgMV0=", "Ww==", "e30="]) | _HOSTILE,
    }
    if name in special:
        return special[name]()
    if name in ("recipeArn", "algorithmArn", "featureTransformationArn"):
        return st.sampled_from(_RECIPES)
    if name.endswith("Arn"):
        return _arns(name, account)
    return st.sampled_from(shape.enum or _NAMES)


def _arns(name: str, account: str) -> st.SearchStrategy[str]:
    """Return ARNs of the kind that a member needs, of other kinds, and of what earlier calls have created."""
    names = st.sampled_from(_NAMES)
    datasets = st.builds("dataset/{}/{}".format, names, st.sampled_from(["USERS", "ITEMS", "INTERACTIONS"]))
    paths = [_ARN_PATHS[name]] if name in _ARN_PATHS else list(_ARN_PATHS.values())
    others = st.builds(lambda path, part: path.format(part), st.sampled_from(paths), names)
    of_kind = datasets if name == "datasetArn" else others if name in _ARN_PATHS else datasets | others
    latest = st.just("solution/a/$LATEST") if name == "solutionVersionArn" else of_kind
    return _mostly(of_kind | latest, datasets | others).map(lambda path: f"{_ROOT}:{account}:{path}")
