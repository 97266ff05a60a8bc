"""PayPulse Cloud: the backend of the PayPulse iOS app.

Layers, each importing only what stands below it (held by import-linter in ``make test``)::

    container                      wires everything, lazily
    http | adapters | services     the API's surface | the outside world | one use case per module
    parsing                        bytes and text -> records, without network or AWS
    domain                         records and rules, pure
    errors | settings              the exception tree | the environment
"""
