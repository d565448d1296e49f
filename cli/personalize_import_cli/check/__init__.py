"""The check of data and schemas: sources, engines, the report and its formats."""
