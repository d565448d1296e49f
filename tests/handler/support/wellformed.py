"""Properties as they should be, generated."""

import string
from typing import Any, Final

from hypothesis import strategies as st

from personalize_import_handler import contract
from personalize_import_handler.contract import ImportMode, ReimportMode, ResourceProperties
from personalize_import_handler.request.job_names import attempt_text
from tests.handler.support.fakes import ACCOUNT, REGION
from tests.handler.support.properties import asset_properties, properties

_NAME: Final = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
_ACCOUNT: Final = st.text(string.digits, min_size=12, max_size=12)
_REGION: Final = st.sampled_from(["eu-west-1", "us-gov-west-1", "cn-north-1"])
_PARTITION: Final = st.sampled_from(["aws", "aws-cn", "aws-us-gov"])
_BOOLEAN: Final = st.booleans() | st.sampled_from(["true", "false", "TRUE", "False"])
_TAG_KEY: Final = st.text(string.ascii_letters + string.digits + " _.:/=+-@äλ٣", min_size=1, max_size=24).filter(
    lambda key: not key.lower().startswith(("aws:", contract.TAG_KEY_PREFIX))
)

_FILE_NAME: Final = st.builds("{}{}.csv".format, _NAME, st.text(string.ascii_letters + "-_.=", max_size=20))

VALID_TAGS: Final = st.dictionaries(
    _TAG_KEY, st.text(string.ascii_letters + " _.:/=+-@äλ٣", max_size=24), max_size=6
).map(lambda tags: [{"Key": key, "Value": value} for key, value in tags.items()])

_OF_THE_STACK: Final = frozenset({"DatasetImportJobArn", "FirstResource", "StackScope"})
"""Values that are valid in only one stack."""

_JOB_ARN: Final = st.builds(
    "arn:{}:personalize:{}:{}:dataset-import-job/{}-0123456789ab-{}".format,
    *[_PARTITION, _REGION, _ACCOUNT, _NAME, st.integers(1, contract.ATTEMPTS_MAX).map(attempt_text)],
)

VALID: Final[dict[str, st.SearchStrategy[Any]]] = {
    "DatasetArn": st.builds(
        f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/{{}}/{{}}".format,
        _NAME,
        st.sampled_from(["INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS"]),
    ),
    # A key may hold every character but control characters.
    "DataLocation": st.builds(
        "s3://{}/{}".format,
        st.sampled_from(["shop-data", "a.bucket-1", "b" * 63]),
        st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="*"), max_size=100),
    ),
    # Those that are imported from the folder below.
    "DataFiles": st.lists(_FILE_NAME, min_size=1, max_size=5, unique=True).map(
        lambda names: asset_properties(*names)["DataFiles"]
    ),
    "RoleArn": st.builds(f"arn:aws:iam::{ACCOUNT}:role/{{}}".format, _NAME),
    "SchemaArn": st.builds("arn:{}:personalize:{}:{}:schema/{}".format, _PARTITION, _REGION, _ACCOUNT, _NAME),
    "After": _JOB_ARN,
    "StackScope": st.builds("{}/{}".format, st.from_regex(r"\A[a-zA-Z][a-zA-Z0-9-]{0,20}\Z"), _NAME),
    "FollowedBy": st.lists(st.fixed_dictionaries({"LogicalId": _NAME}, optional={"JobName": _NAME}), max_size=5),
    "JobName": st.builds("{}{}".format, _NAME, st.text(string.ascii_letters + "-_", max_size=26)),
    "ImportMode": st.sampled_from([mode.value for mode in ImportMode]),
    "PublishAttributionMetricsToS3": _BOOLEAN,
    "Tags": VALID_TAGS,
    "ReimportToken": st.text(min_size=1, max_size=contract.REIMPORT_TOKEN_LENGTH_MAX),
    "Reimport": st.sampled_from([choice.value for choice in ReimportMode]),
    "DataAsOf": st.text(max_size=contract.DATA_AS_OF_LENGTH_MAX),
    "Preflight": _BOOLEAN,
    "TagFingerprint": _BOOLEAN,
    "PublishStateChanges": _BOOLEAN,
    "TimeoutSeconds": st.integers(contract.TIMEOUT_SECONDS_MIN, contract.TIMEOUT_SECONDS_MAX).flatmap(
        lambda seconds: st.sampled_from([seconds, str(seconds)])
    ),
    "Wait": _BOOLEAN,
    "HandsOver": _BOOLEAN,
    "WaitedSeconds": st.integers(0, contract.WAIT_CHAIN_SECONDS_MAX).flatmap(
        lambda seconds: st.sampled_from([seconds, str(seconds)])
    ),
    "LastStatus": st.sampled_from(["ACTIVE", "CREATE PENDING", "CREATE IN_PROGRESS", contract.STATUS_UNKNOWN]),
    "DatasetImportJobArn": _JOB_ARN,
    "FirstResource": st.fixed_dictionaries({"LogicalId": _NAME, "PhysicalId": _NAME.map("shop/{}".format)}),
}

REQUIRED: Final = sorted(VALID.keys() & ResourceProperties.__required_keys__)


def valid_properties() -> st.SearchStrategy[dict[str, Any]]:
    """Return properties that are all valid: what is required, and any of the others."""
    required = {name: VALID[name] for name in REQUIRED}
    optional = {name: values for name, values in VALID.items() if name not in {*required, *_OF_THE_STACK}}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda given: properties(**{**given, **_staged(given)})
    )


def _staged(given: dict[str, Any]) -> dict[str, Any]:
    """Files are copied to the stack's own folder in the data bucket."""
    return {"DataLocation": asset_properties("any.csv")["DataLocation"]} if "DataFiles" in given else {}
