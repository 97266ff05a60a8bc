"""Logging as Lambda's Python runtime sets it up before it loads a function, and ministack's workers do not.

On the path of the functions only. Source: aws-lambda-python-runtime-interface-client, `bootstrap.py`.
"""

import logging
import sys


class LambdaLoggerHandler(logging.Handler):
    """Has the name by which the application finds Lambda's own."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record).rstrip("\n") + "\n")
        sys.stderr.flush()


logging.getLogger().addHandler(LambdaLoggerHandler())
