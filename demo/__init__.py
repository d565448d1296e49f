"""The demo: the stacks of app.py, and the commands that deploy them to the local AWS."""
