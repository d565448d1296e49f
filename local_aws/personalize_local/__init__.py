"""AWS on this machine, Amazon Personalize included; what tests of one's own stacks need of it is in `testing`."""
