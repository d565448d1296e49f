"""Waiting for a job to end: this construct beside what else one would use, deployed to the local AWS."""
