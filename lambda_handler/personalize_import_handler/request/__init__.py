"""A request of CloudFormation: its properties, names, owner, progress and outcome."""
