"""Runners: take a request from the store, carry it out in a process that may die, record how it ended."""
