"""The whole system on a laptop: AWS and Google emulators, the API and the event runtime. Never deployed.

    with Sandbox(mailbox=Path("mails")) as sandbox:  # sandbox.url, .admin_url, .aws_url, .google_url
        ...
        sandbox.drain()
        sandbox.notifications()

`__main__` -> `sandbox` -> `admin` (admin port), `api` (`chalice local`), `application` (a fresh `app.py`), `events`
(the event runtime: `object_events`, `stream_records`, `queue_messages` on `polling`; `async_invocations`, `functions`,
`event_shapes`), `stack`, `template`, `seeding` (the world in AWS), `aws`, `moto_transactions`, `moto_instances` (the
emulator). `faults`, `calls` and `notifications` sit on the application's boto3 session; everything else of the sandbox
talks to AWS through `clients`, which they never see.
"""
