"""Tests of the local Personalize service."""
