"""The demo: what app.py deploys, and how it is deployed to the AWS on this machine."""
