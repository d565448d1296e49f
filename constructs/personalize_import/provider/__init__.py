"""The provider: two Lambda functions, their state machine, permissions and staging bucket."""
