"""The command line: `personalize-import check` looks at data before Amazon Personalize does."""
