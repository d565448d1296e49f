"""The native CloudFormation resource types of Personalize."""
