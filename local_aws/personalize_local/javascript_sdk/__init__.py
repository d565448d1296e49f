"""The AWS SDK for JavaScript, which Lambda's Node runtimes contain; npm installs it into the Python environment."""
