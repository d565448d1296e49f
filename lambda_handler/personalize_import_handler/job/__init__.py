"""The dataset import job: create, adopt, poll, restore and release it."""
