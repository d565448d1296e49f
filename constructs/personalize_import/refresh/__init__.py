"""Refreshes: imports between deploys, started by a rule or a schedule of EventBridge; see docs/refresh.md."""
