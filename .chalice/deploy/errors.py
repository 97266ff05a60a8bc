"""What ends a deployment: always a text that says what a person can do."""

from __future__ import annotations


class DeployError(Exception):
    """Ends the run; its text is shown as it is."""


class CommandFailed(DeployError):
    """A program that was called ended with an error; its own output says why."""
