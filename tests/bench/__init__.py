"""What the application costs, in counts and ratios: ``python -m tests.bench`` prints it all, nothing is asserted.

How it is measured. Counts (modules, calls, units, bytes) are exact: the AWS calls as botocore sends them, Google's as
its emulator logs and prices them, DynamoDB's capacity by its published rules (``capacity``). Times are taken with
``time.perf_counter`` around one whole run, after one run that warms up, and are the median of the runs that follow
(``timing``); imports are whole processes. A machine's milliseconds mean little elsewhere, so each time stands beside
what it is compared with, as a ratio; run it on a quiet machine. What must not grow is asserted by ``tests.test_costs``.
"""
