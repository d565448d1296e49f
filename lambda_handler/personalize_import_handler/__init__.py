"""Lambda handler of cdk-personalize-import; `index` contains the entry points."""
