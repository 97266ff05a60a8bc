"""Builds what ``chalice deploy`` deploys: a complete, pruned Chalice project.

    python .chalice/package [--output build/app] [--stage prod] [--check] [--local]

Into the output go ``app.py``, ``chalicelib/``, ``.chalice/`` (configuration and policies), an empty
``requirements.txt``, ``vendor/`` with the dependencies for Lambda, and the very archive that ``chalice deploy`` and
``chalice package``, run in there, will find and use. Its size is printed and bounded. ``--check`` also starts a clean
interpreter on the unpacked archive and uses everything that the functions import. ``--local`` builds for this machine
and interpreter instead of Lambda's: what a rehearsal executes.

**Why vendor/ and not requirements.txt.** Chalice packages a requirement as it is: 206 MiB, more than half of them
descriptions of Google APIs that nobody calls. ``vendor/`` is copied into the archive verbatim, so what is deployed is
what was pruned, measured and checked.

**Why vendor/ and not automatic_layer.** A layer would be uploaded once instead of ten times (13 MiB instead of 130 a
deployment). But code and dependencies would then change in two calls of AWS, with a moment between them in which new
code runs on old dependencies; going back would need the old layer, which Chalice deletes; and Terraform and an emulator
would have one thing more to get right. One archive is one thing to measure, to check, to roll back. Cold starts are the
same: Lambda fetches layers and code alike.

**Why no bytecode.** Lambda compiles sources at every cold start (its disk is read-only), which costs 64 ms of a vCPU
for ``app.py`` and 380 ms more where Gemini's client is loaded (measured with ``python3.12 -B``, with and without).
Shipping ``.pyc`` beside the sources would make 20 MiB zipped, instead of the sources still 16, and either would tie the
build to a machine with Lambda's very Python.

**Versions** are those of ``requirements-lambda.txt``, with hashes, which ``make lock`` resolves from
``requirements.txt``.
"""
