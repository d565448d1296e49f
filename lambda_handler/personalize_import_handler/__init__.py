"""Runtime side of cdk-personalize-import: what runs in Lambda. Functions are in `index`."""
