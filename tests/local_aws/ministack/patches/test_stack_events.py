"""The properties of custom resources in stack events."""

import json

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import FAILS_TO_CREATE, make_custom_resource_function
from tests.local_aws.support.stacks import Stack


def test_events_have_the_properties_that_the_function_receives(cloud: Cloud, name: str) -> None:
    function = make_custom_resource_function(cloud, name, FAILS_TO_CREATE)
    given = {"Number": 3, "Flag": True, "Text": "<b> & 'c'", "Stack": {"Ref": "AWS::StackName"}, "List": [1]}
    resource = {"Type": "Custom::Any", "Properties": {"ServiceToken": function, **given}}
    other = {"Type": "AWS::S3::Bucket"}
    Stack(cloud, name).create(json.dumps({"Resources": {"Bucket": other, "Any": resource}}))

    events = [event for event in cloud.events(name) if event["LogicalResourceId"] == "Any"]
    assert len(events) == 4
    expected = {"Number": "3", "Flag": "true", "Text": "<b> & 'c'", "Stack": name, "List": ["1"]}
    for event in events:
        assert json.loads(event["ResourceProperties"]) == {"ServiceToken": function, **expected}
    assert [event for event in cloud.events(name) if "ResourceProperties" in event] == events
