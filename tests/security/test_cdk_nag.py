"""The AwsSolutions rules of cdk-nag find nothing, and what this library accepts is what they would find and no more."""

from typing import Final

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks, NagPack

from personalize_import import DatasetImportProvider, suppressions
from tests.constructs.support.stacks import add_job, from_new_bucket, new_app, new_stack
from tests.security.support.templates import STACKS, Synthesized, faulty, sound, twenty_jobs

ACKNOWLEDGED: Final = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
Findings = set[tuple[str, str]]


def findings(pack: type[NagPack], stack: cdk.Stack) -> Findings:
    """Return the paths of resources with the rules that are violated there."""
    return {
        (str(resource.construct_path), violation.rule_name)
        for violation in pack(stack).validate_scope(stack).violations
        for resource in violation.violating_resources
    }


def acknowledged(stack: cdk.Stack) -> dict[tuple[str, str], str]:
    """Return the reasons of the suppressions, by path and rule."""
    return {
        (construct.node.path, rule): reason
        for construct in stack.node.find_all()
        for entry in construct.node.metadata
        if entry.type == ACKNOWLEDGED
        for rule, reason in entry.data.items()
    }


@pytest.mark.parametrize("stack", STACKS)
def test_cdk_nag_has_no_findings(stack: str) -> None:
    assert findings(AwsSolutionsChecks, sound().stack(stack)) == set()


def test_every_suppression_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = acknowledged(sound().stack("TwentyJobs"))

    monkeypatch.setattr(suppressions, "suppress", lambda *_: None)
    monkeypatch.setattr(suppressions, "_suppress_wildcards", lambda *_: None)
    app = new_app()
    twenty_jobs(app)

    found = findings(AwsSolutionsChecks, Synthesized.of(app).stack("TwentyJobs"))
    assert set(accepted) == {(path.removesuffix("/Resource"), rule) for path, rule in found}


def test_wildcards_are_suppressed_only_in_named_resources() -> None:
    accepted = {rule for _, rule in acknowledged(sound().stack("TwentyJobs"))}
    of_the_provider = {rule for rule in accepted if "/folder-" not in rule}

    assert sorted(rule.partition(":<AWS::AccountId>:")[2] or rule for rule in of_the_provider) == [
        "AwsSolutions-IAM5[Resource::*]",
        "AwsSolutions-L1",
        "AwsSolutions-SF1",
        "AwsSolutions-SF2",
        "dataset-import-job/*]",
        "dataset/*]",
        "role/personalize-import/<AWS::Region>/TwentyJobs/*]",
        "stack/*]",
    ]


def test_reasons_are_meaningful_and_valid_for_cdk_nag() -> None:
    for (_, rule), reason in acknowledged(sound().stack("TwentyJobs")).items():
        assert len(reason.split()) > 12, rule
        assert reason.isascii()  # others would have to be encoded


def test_the_wildcard_of_a_bucket_in_another_stack_is_suppressed_in_a_nested_stack_too() -> None:
    app = new_app()
    source = from_new_bucket(new_stack("Data", app), "odd) name [1/")
    models = new_stack("Models", app)
    add_job(cdk.NestedStack(models, "Inner"), data_source=source)

    assert findings(AwsSolutionsChecks, Synthesized.of(app).stack("Models")) == set()


def test_the_wildcard_of_a_path_that_is_a_parameter_is_suppressed_in_a_stack_without_jobs() -> None:
    app = new_app()
    stack = new_stack("Shared", app)
    path = cdk.CfnParameter(stack, "Path", default="/team/").value_as_string
    DatasetImportProvider(stack, "Provider", import_role_path=path)

    assert findings(AwsSolutionsChecks, Synthesized.of(app).stack("Shared")) == set()


def test_a_role_that_may_do_anything_is_found() -> None:
    assert findings(AwsSolutionsChecks, faulty().stack("Faulty")) == {
        ("Faulty/Role/Resource", "AwsSolutions-IAM5[Action::*]"),
        ("Faulty/Role/Resource", "AwsSolutions-IAM5[Resource::*]"),
    }


def test_wildcards_are_suppressed_even_if_validations_are_skipped() -> None:
    app = new_app()
    source = from_new_bucket(new_stack("Data", app), "folder/")
    models = new_stack("Models", app)
    add_job(models, data_source=source)

    app.synth(skip_validation=True)

    assert findings(AwsSolutionsChecks, models) == set()
