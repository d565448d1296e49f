"""Metrics, alarms and event rules of import jobs."""
