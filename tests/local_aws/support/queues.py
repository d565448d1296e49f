"""Queues that receive what rules and schedules send."""

import json
from typing import Any, NamedTuple

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import allow, policy
from tests.support.until import until


class Queue(NamedTuple):
    """A queue to which everybody may send."""

    cloud: Cloud
    url: str
    arn: str

    def received(self) -> list[Any]:
        """Return the parsed messages that have arrived since the last call."""
        found = self.cloud.client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            self.cloud.client("sqs").delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]

    def first(self, count: int = 1) -> Any:
        """Wait for messages, and return the first, or a list of at least `count` of them."""
        messages: list[Any] = []

        def have_arrived() -> bool:
            messages.extend(self.received())
            return len(messages) >= count

        until(have_arrived)
        return messages[0] if count == 1 else messages


def make_queue(cloud: Cloud, name: str) -> Queue:
    """Create a queue."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    everybody = policy(allow("sqs:SendMessage", on=arn, Principal="*"))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": everybody})
    return Queue(cloud, url, arn)
