"""Functions find what Lambda's runtimes contain: the AWS SDK for JavaScript, layers in /opt, certificate files."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.functions import make_function, zipped
from tests.local_aws.support.server_setup import allow, make_role, trust

LISTS_WITH_REQUIRE = """
const { S3Client, ListBucketsCommand } = require("@aws-sdk/client-s3");
exports.handler = async () => (await new S3Client().send(new ListBucketsCommand())).Buckets.map((one) => one.Name);
"""
LISTS_WITH_IMPORT = """
import { S3 } from "@aws-sdk/client-s3";
export const handler = async () => (await new S3().listBuckets()).Buckets.map((one) => one.Name);
"""
RUNS_A_COMMAND = """
import subprocess
def handler(event, context):
    commands = (["/opt/tools.sh", "imports"], "/opt/tools.sh", ["echo", "/opt/other"])
    return [subprocess.check_output(command, text=True) for command in commands]
"""
LISTS_WITH_PYTHON = """
import boto3
def handler(event, context):
    return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
"""
AMAZON_LINUX_BUNDLE = {"Variables": {"AWS_CA_BUNDLE": "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}}


@pytest.fixture
def role(cloud: Cloud, name: str) -> str:
    listing = allow("s3:ListAllMyBuckets")
    return make_role(cloud, name, listing, trusting=trust({"Service": "lambda.amazonaws.com"}, {}))


@pytest.fixture
def bucket(cloud: Cloud, name: str) -> Iterator[str]:
    cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield name
    cloud.s3.delete_bucket(Bucket=name)


def result(cloud: Cloud, function: str) -> Any:
    return json.load(cloud.client("lambda").invoke(FunctionName=function)["Payload"])


@pytest.mark.parametrize(
    ("file", "code"),
    [
        pytest.param("index_js", LISTS_WITH_REQUIRE, id="require"),
        pytest.param("index_mjs", LISTS_WITH_IMPORT, id="import"),
    ],
)
def test_a_function_in_node_uses_the_sdk_without_bundling_it(
    cloud: Cloud, name: str, role: str, bucket: str, file: str, code: str
) -> None:
    make_function(cloud, name, role, code, runtime="nodejs22.x", file=file, Timeout=60)

    assert bucket in result(cloud, name)


def test_a_function_in_python_runs_the_commands_of_its_layers(cloud: Cloud, name: str, role: str) -> None:
    layer = cloud.client("lambda").publish_layer_version(
        LayerName=name, Content={"ZipFile": zipped(tools_sh="#!/bin/sh\necho runs $1\n")}
    )
    make_function(cloud, name, role, RUNS_A_COMMAND, Layers=[layer["LayerVersionArn"]])

    assert result(cloud, name) == ["runs imports\n", "runs\n", "/opt/other\n"]


def test_the_path_of_amazon_linux_s_certificates_works_in_variables(
    cloud: Cloud, name: str, role: str, bucket: str
) -> None:
    make_function(cloud, name, role, LISTS_WITH_PYTHON, Environment=AMAZON_LINUX_BUNDLE, Timeout=60)

    assert bucket in result(cloud, name)
