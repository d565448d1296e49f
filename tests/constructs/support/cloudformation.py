"""A template as CloudFormation resolves it, with invented physical names."""

import re
from collections.abc import Mapping
from typing import Any, Final

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"
STACK_NAME: Final = "DeployedStack"
STACK_FOLDER: Final = "3b1f0e5a-0b0c-11ef-8d1c-0a1b2c3d4e5f"
_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": STACK_NAME,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK_NAME}/{STACK_FOLDER}",
}
_JOB_ARN: Final = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-import-job/shop-Job-0123456789ab-1"
_ARNS: Final = {
    ("AWS::Personalize::Dataset", "DatasetArn"): f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/group/INTERACTIONS",
    ("AWS::Personalize::Schema", "SchemaArn"): f"arn:aws:personalize:{REGION}:{ACCOUNT}:schema/schema",
    ("AWS::Lambda::Function", "Arn"): f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{id}}",
    ("AWS::StepFunctions::StateMachine", "Arn"): f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{id}}",
    ("AWS::Logs::LogGroup", "Arn"): f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{id}}:*",
    ("AWS::KMS::Key", "Arn"): f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{id}}",
    ("AWS::S3::Bucket", "Arn"): "arn:aws:s3:::{id}",
    ("Custom::PersonalizeDatasetImportJob", "Status"): "CREATE IN_PROGRESS",
    ("Custom::PersonalizeDatasetImportJob", "DatasetImportJobArn"): _JOB_ARN,
    ("Custom::PersonalizeDatasetImportJobWait", "DatasetImportJobArn"): _JOB_ARN,
    ("AWS::Events::Rule", "Arn"): f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{id}}",
    ("AWS::Personalize::DatasetGroup", "DatasetGroupArn"): (
        f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/group"
    ),
    ("AWS::IAM::Role", "Arn"): f"arn:aws:iam::{ACCOUNT}:role{{path}}{{id}}",
}


class Deployed:
    """Works out the intrinsic functions that these templates use; refuses all others."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> None:
        self.template = template
        declared = template.get("Parameters", {})
        defaults = {name: parameter["Default"] for name, parameter in declared.items() if "Default" in parameter}
        self._parameters = {**_PSEUDO, **defaults, **(parameters or {})}

    def of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """Return all resources of a type by their logical ids."""
        resources: dict[str, dict[str, Any]] = self.template["Resources"]
        return {name: resource for name, resource in resources.items() if resource["Type"] == resource_type}

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Return the properties of a resource."""
        properties = self.value(self.template["Resources"][logical_id].get("Properties", {}))
        assert isinstance(properties, dict)
        return properties

    def only(self, resource_type: str) -> dict[str, Any]:
        """Return the properties of the only resource of a type."""
        (logical_id,) = self.of_type(resource_type)
        return self.properties(logical_id)

    def all_properties(self, resource_type: str) -> list[dict[str, Any]]:
        """Return the properties of each resource of a type."""
        return [self.properties(logical_id) for logical_id in self.of_type(resource_type)]

    def value(self, value: Any) -> Any:
        """Work out a value."""
        match value:
            case list():
                return [self.value(each) for each in value]
            case dict() if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
                return self._function(value)
            case dict():
                return {key: self.value(each) for key, each in value.items()}
            case _:
                return value

    def _function(self, function: Mapping[str, Any]) -> Any:
        match function:
            case {"Ref": name}:
                return self._parameters[name] if name in self._parameters else self._name(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::Join": [separator, parts]}:
                return separator.join(self.value(parts))
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:]+)\}", lambda found: self.value({"Ref": found[1]}), text)
            case {"Fn::Select": [index, parts]}:
                return self.value(parts)[int(index)]
            case {"Fn::Split": [str(separator), whole]}:  # CloudFormation takes no function for the separator
                return self.value(whole).split(separator)
            case {"Fn::ImportValue": name}:  # another stack's, which is not known here
                return self.value(name).replace(":", "-").lower()
        raise ValueError(f"{function} is not known here")

    def _name(self, logical_id: str) -> str:
        assert logical_id in self.template["Resources"], f"{logical_id} is neither a resource nor a known parameter"
        return logical_id.lower()

    def _attribute(self, logical_id: str, attribute: str) -> str:
        resource = self.template["Resources"][logical_id]
        path = self.value(resource.get("Properties", {}).get("Path", "/"))
        return _ARNS[resource["Type"], attribute].format(id=self._name(logical_id), path=path)
