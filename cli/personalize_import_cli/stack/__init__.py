"""The imports of a deployed stack: requests of CloudFormation, matched with jobs of Amazon Personalize."""
