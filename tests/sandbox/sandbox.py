"""The whole system in one process: AWS, Google, the REST API, the event runtime and the admin port."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.sandbox.admin import AdminServer
from tests.sandbox.api import LocalApi, chalice_config, function_timeouts
from tests.sandbox.application import PROJECT, Application, application_environ
from tests.sandbox.aws import AwsEmulator
from tests.sandbox.calls import Call, CallLog, Parameters
from tests.sandbox.clients import AwsClients
from tests.sandbox.events import EventRuntime
from tests.sandbox.faults import AwsFaults
from tests.sandbox.gemini import GeminiEmulator
from tests.sandbox.google import GoogleEmulator, push
from tests.sandbox.notifications import NotificationLog
from tests.sandbox.permissions import permissions_of
from tests.sandbox.seeding import create_gemini_key, create_push_application, load_vendor_configs
from tests.sandbox.stack import deploy_stack

_MOST_DELAY = 1  # seconds that a delayed message waits in the sandbox; those of the emulator are shorter


class PortTaken(OSError):
    """Says which port, and which option chooses another."""


class Sandbox:
    """Starts everything in the order of SPEC section 10 and stops it again; also a context manager.

    `mailbox` as in SPEC section 10; port 0 takes a free one; `aws_url` and `google_url` use what already runs there
    instead of starting an emulator. With `gemini` a key is configured, and an emulator answers for the model, from the
    files in `gemini_answers` where they fit; without it the model is off, as without a key in AWS. `gmail_push`
    configures Gmail's push. `environ` adds to the application's environment. `app_path` is an `app.py` as `Application`
    describes it.
    """

    def __init__(
        self,
        mailbox: Path | None = None,
        port: int = 0,
        admin_port: int = 0,
        aws_port: int = 0,
        google_port: int = 0,
        *,
        aws_url: str | None = None,
        google_url: str | None = None,
        gemini: bool = False,
        gemini_answers: Path | None = None,
        gmail_push: bool = False,
        workers: int = 4,
        environ: Mapping[str, str] | None = None,
        app_path: Path = PROJECT / "app.py",
    ) -> None:
        self._ports = {"port": port, "admin-port": admin_port, "aws-port": aws_port, "google-port": google_port}
        self._mailbox = mailbox
        self._external_aws = aws_url
        self._external_google = google_url
        self._gmail_push = gmail_push
        self._workers = workers
        self._environ = dict(environ or {})
        self._app_path = app_path
        self._running = ExitStack()
        self.calls = CallLog()
        self.faults = AwsFaults(self.calls)
        self.google: GoogleEmulator | None = None
        self.gemini = GeminiEmulator(answers=gemini_answers) if gemini or gemini_answers else None
        self.outputs: dict[str, str] = {}

    def start(self) -> Sandbox:
        """Raises PortTaken, and whatever else keeps a part from starting; nothing is left running then."""
        with ExitStack() as parts:
            self._start_aws(parts)
            self._start_google(parts)
            self._start_gemini(parts)
            self._start_application(parts)
            self._start_admin(parts)
            self._running = parts.pop_all()
        return self

    def stop(self) -> None:
        self._running.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def _start_aws(self, parts: ExitStack) -> None:
        if self._external_aws is None:
            with _naming("aws-port", self._ports):
                self.aws_url = parts.enter_context(AwsEmulator(self._ports["aws-port"])).url
        else:
            self.aws_url = self._external_aws.rstrip("/")
        self.clients = AwsClients(self.aws_url)
        parts.callback(self.clients.close)
        self.outputs = deploy_stack(self.clients)
        self.outputs["PushApplicationArn"] = create_push_application(self.clients)
        load_vendor_configs(self.clients, PROJECT / "vendor_configs")

    def _start_google(self, parts: ExitStack) -> None:
        if self._external_google is None:
            self.google = GoogleEmulator(self._mailbox, port=self._ports["google-port"])
            with _naming("google-port", self._ports):
                self.google_url = parts.enter_context(self.google).url
        else:
            self.google_url = self._external_google.rstrip("/")

    def _start_gemini(self, parts: ExitStack) -> None:
        if self.gemini is not None:
            self._environ.setdefault("GEMINI_BASE_URL", parts.enter_context(self.gemini).url)
            create_gemini_key(self.clients)

    def _start_application(self, parts: ExitStack) -> None:
        environ = application_environ(self.aws_url, self.google_url, self.outputs) | self._push_environ()
        environ |= self._environ
        application = Application(self._app_path, environ)
        parts.callback(application.forget)
        self.app, self.container, self.session = application.app, application.container, application.session
        self.notification_log = NotificationLog(self.clients)
        self.calls.observers = [self.notification_log.observe, self._wake]
        self.calls.register(self.session)
        self.permissions = permissions_of(self._app_path.parent / ".chalice", self.app, self.container, self.outputs)
        if self.permissions is not None:
            self.permissions.register(self.session)
        self.faults.register(self.session)
        self.session.events.register("before-parameter-build.sqs", _shorten_delays)
        config = chalice_config(self._app_path.parent, self.app)
        with _naming("port", self._ports):
            api = LocalApi(self.app, config, self._ports["port"])
        parts.callback(api.stop)
        self.url = api.url
        names = list(self.app.handler_map)
        self.events = EventRuntime(
            self.app,
            self.clients,
            self.outputs["EventQueueUrl"],
            workers=self._workers,
            timeouts=function_timeouts(config, names),
            account=self.outputs["IngestionQueueArn"].split(":")[4],
        )
        self.events.is_idle.append(self._no_run_is_active)
        parts.callback(self.events.stop, 1.0)
        if self.google is not None:
            self.google.pubsub.endpoint = f"{self.url}/v1/gmail/push"
        api.start()
        self.events.start()

    def _push_environ(self) -> dict[str, str]:
        """What switches Gmail's push on; off by itself, since a watch is a job that other calls meet."""
        if not self._gmail_push or self.google is None:
            return {}
        return {
            "GMAIL_PUSH_TOPIC": push.TOPIC,
            "GMAIL_PUSH_AUDIENCE": push.AUDIENCE,
            "GMAIL_PUSH_SERVICE_ACCOUNT": push.SERVICE_ACCOUNT,
            "GMAIL_PUSH_INTERVAL_SECONDS": str(_MOST_DELAY),
        }

    def _start_admin(self, parts: ExitStack) -> None:
        with _naming("admin-port", self._ports):
            admin = AdminServer(self, self._ports["admin-port"])
        parts.callback(admin.stop)
        admin.start()
        self.admin_url = admin.url

    @property
    def addresses(self) -> dict[str, str]:
        return {"api": self.url, "admin": self.admin_url, "aws": self.aws_url, "google": self.google_url}

    def drain(self, timeout: float = 60.0) -> dict[str, int]:
        """See `EventRuntime.drain`; an ingestion run that is still active counts as pending."""
        return self.events.drain(timeout)

    def notifications(self) -> list[dict[str, str | None]]:
        """What SNS would have delivered, newest last."""
        return self.notification_log.as_json()

    def add_fault(self, target: str, **options: Any) -> None:
        """`gmail.*` and `oauth.*` go to the Google emulator, `gemini.*` to Gemini's, everything else to AWS.

        ValueError for what cannot be.
        """
        service = target.partition(".")[0]
        if service == "gemini":
            if self.gemini is None:
                raise ValueError("the model is off in this sandbox: start it with --gemini")
            known = {"times", "error", "delay"}
            self.gemini.faults.add(target, **{name: value for name, value in options.items() if name in known})
        elif service not in {"gmail", "oauth"}:
            options.pop("retry_after", None)
            self.faults.add(target, **options)
        elif self.google is None:
            raise ValueError("the Google API was started elsewhere; ask it")
        else:
            known = {"times", "error", "delay", "retry_after"}
            self.google.faults.add(target, **{name: value for name, value in options.items() if name in known})

    def clear_faults(self) -> None:
        self.faults.clear()
        if self.gemini is not None:
            self.gemini.faults.clear()
        if self.google is not None:
            self.google.faults.clear()

    def _wake(self, call: Call, parameters: Parameters, _answer: Mapping[str, Any] | None) -> None:
        self.events.wake_after(call, parameters)

    def _no_run_is_active(self) -> bool:
        pages = (
            self.clients.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName="IngestionRuns",
                Select="COUNT",
                FilterExpression="#state = :running",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":running": {"S": "running"}},
            )
        )
        return not any(page["Count"] for page in pages)


@contextmanager
def _naming(option: str, ports: Mapping[str, int]) -> Iterator[None]:
    """Turns a bind error into one that says what a person can do."""
    try:
        yield
    except OSError as exc:
        if exc.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(f"port {ports[option]} is taken: stop what uses it or choose another with --{option}") from exc


def _shorten_delays(params: dict[str, Any], **_kwargs: Any) -> None:
    """Nobody waits minutes for a delayed message on a laptop, but a loop of delayed messages must not spin either."""
    for message in [params, *params.get("Entries", [])]:
        if message.get("DelaySeconds"):
            message["DelaySeconds"] = min(message["DelaySeconds"], _MOST_DELAY)
