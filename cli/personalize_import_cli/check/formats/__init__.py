"""The formats of a report: text for people, and JSON, SARIF and JUnit for programs."""
