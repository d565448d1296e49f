"""CloudFormation's side: events, responses, crhelper, and the state machine that polls."""
