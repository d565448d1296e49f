"""For those who write plain templates: the resource type's reference, its JSON schema, and the provider's template."""
