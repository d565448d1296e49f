"""For plain templates: the reference of the resource type, its JSON schema, and the provider's template."""
