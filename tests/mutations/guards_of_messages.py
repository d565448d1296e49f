"""Words that help the reader of a stack event."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_statements: Final = partial(Patch, "messages/advice.py", "handler/messages/test_policy_advice.py")
_policy: Final = partial(Patch, "messages/policy_advice.py", "handler/messages/test_policy_advice.py")
_location: Final = partial(Patch, "contract/locations.py", "handler/messages/test_policy_advice.py")
_text: Final = partial(Patch, "messages/failure_reasons.py", "handler/messages/test_failure_reasons.py")
_advice: Final = partial(Patch, "messages/advice.py", "handler/messages/test_failure_reasons.py")

GUARDS: Final = (
    _policy(
        "a role under the provider's path is no problem",
        'parse_arn(role_arn).resource.startswith(f"role{import_role_path}")',
        "False",
    ),
    # In `reasons`
    _text(
        "the service's words come first",
        """return f"{text if text.endswith(('.', '!', '?', '…')) else f'{text}.'} {rest}\"""",
        """return f"{rest} {text if text.endswith(('.', '!', '?', '…')) else f'{text}.'}\"""",
    ),
    _text(
        "a missing reason is reported",
        'job.failure_reason or "The service gave no reason"',
        'job.failure_reason or ""',
    ),
    _text(
        "a failure names job, location and status",
        "DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. ",
        "",
    ),
    _text(
        "after a failure the reader knows that a new job is started",
        "'; this starts a new job' if again == DEPLOY_AGAIN else ''",
        "''",
    ),
    *[
        _advice(f"there is advice for: {part}", f'    "{part}": ', f'    "no such text: {part}": ')
        for part in (
            "missing the following columns",
            "is not authorized to perform",
        )
    ],
    _advice(
        "the advice for missing data names the location",
        'if access else "the location"',
        'if False else "the location"',
    ),
    _advice("the limit of a dataset is named", 'if busy.code == "ResourceInUseException":', "if False:"),
    _advice("the limit of running jobs is named", 'if "PENDING or IN_PROGRESS" in busy.message:', "if False:"),
    _advice("the limit of requests is named", "return _REQUESTS if is_rate", "return _REQUESTS if False"),
    _statements(
        "where the data may not be read, the statements are reported",
        'if access and "Insufficient privileges for accessing data" in text:',
        "if False:",
    ),
    _statements(
        "where the role can't be assumed, its trust is reported",
        'if access and "assume the role" in text:',
        "if False:",
    ),
    _statements(
        "where a call is refused, the statement is reported",
        "if allowed := policy_advice.denied_action_advice(text):",
        'if allowed := "":',
    ),
    # In `policies`
    _location("a folder's files are below it", 'or key.endswith("/") else "")', 'else "")'),
    _location("the top of a bucket is a folder", 'if key == "" or key', "if key"),
    _location("a key's wildcards are none of a policy's", "key.translate(_ESCAPES) +", "key +"),
    _policy(
        "a role of the construct is named by its path in the policy of another account's bucket",
        "is_of_construct = IMPORT_ROLE_PATH in name",
        "is_of_construct = False",
    ),
    _policy(
        "any other role is named by its ARN there",
        "is_of_construct = IMPORT_ROLE_PATH in name",
        "is_of_construct = True",
    ),
    _policy(
        "the policy of another account's bucket allows the role by its account",
        "for_role_of_account(read, account, pattern)",
        "for_role_of_account(read, access.role_arn, pattern)",
    ),
    _policy(
        "the service is named in the bucket's policy",
        "read_statements(objects_arn, bucket_arn, PERSONALIZE)",
        "read_statements(objects_arn, bucket_arn)",
    ),
    _policy("statements are in the partition of the dataset", "{parse_arn(access.dataset_arn).partition}", "aws"),
    _policy("trust is for one account", '"StringEquals": {"aws:SourceAccount": dataset.account},', ""),
    _policy(
        "roles are passed to Personalize only",
        'is_pass_role = action == "iam:PassRole"',
        "is_pass_role = False",
    ),
    _policy("the sentence's full stop is none of the ARN's", """.strip('".')""", """.strip('"')"""),
    Patch(
        "messages/policy_advice.py",
        "handler/data/test_preparation.py",
        "the quotes that S3 puts around an ARN are none of it",
        """.strip('".')""",
        '.strip(".")',
    ),
    _advice("other failures have advice too", ", _DEFAULT_ADVICE)", ', "")'),
    _text(
        "the service's words leave room for the job and the advice",
        "_BYTES_MAX: Final = 3150",
        "_BYTES_MAX: Final = 31500",
    ),
    _text(
        "the room is what the job and the advice leave",
        "bytes_left = _BYTES_MAX - _bytes_in_json(rest)",
        "bytes_left = _BYTES_MAX",
    ),
    _text(
        "the service's words are cut in bytes, not characters",
        "    if _bytes_in_json(text) > bytes_left:",
        "    if len(text) > bytes_left:",
    ),
    _text(
        "the service's words are cut as they are sent",
        'len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))',
        'len(text.encode(errors="replace"))',
    ),
    _text(
        "what the escapes of the service's words take is known", "text = printable(text.strip())", "text = text.strip()"
    ),
    _text("what is cut of the service's words is marked", "too_long - 1)]}…", "too_long - 1)]}"),
    _text(
        "a sentence has one full stop",
        """{text if text.endswith(('.', '!', '?', '…')) else f'{text}.'}""",
        "{text}.",
    ),
    _text(
        "a refusal reports that no job was started, and why",
        'was not started: {refused.operation} failed "\n        f"with {refused.code}. ',
        'was not started. "\n        f"',
    ),
    _text(
        "a timeout states that the job continues",
        "A job can't be stopped, so it continues; {then}.",
        "Deploy again.",
    ),
    _text(
        "a refused poll is reported with its operation",
        "{refused.operation} of {job_arn} failed with {refused.code}. ",
        "",
    ),
    _text(
        "hours are written as hours",
        'return f"{hours} h {minutes} min" if hours else f"{minutes} min"',
        'return f"{minutes} min"',
    ),
)
