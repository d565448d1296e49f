"""The platform team's app: the provider, and the parameters that other apps read."""

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

from personalize_import import DatasetImportProvider

app = cdk.App()
stack = cdk.Stack(app, "PersonalizePlatform")
# Anyone who can create roles under this path decides whose data can be imported.
provider = DatasetImportProvider(stack, "Provider", import_role_path="/personalize-teams/", allow_preflight=True)
parameters = {
    "service-token": provider.service_token,
    "preflight-role-arn": provider.preflight_role.role_arn,
}
for name, value in parameters.items():
    ssm.StringParameter(stack, name, parameter_name=f"/personalize-imports/{name}", string_value=value)
app.synth()
