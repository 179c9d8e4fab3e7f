"""Turns a request into a run, and a run into its weights."""
