"""Brings a stage into an AWS account, and takes it away again: ``python .chalice/deploy --help``, ``make deploy``.

A deployment is a list of steps. Each can say what it would do without doing it, does only what is not done yet, and may
be interrupted: the next run goes on where this one ended. What is deployed is asked of AWS every time, so no laptop
holds anything that another would need.
"""
