"""A Google for the laptop: the Gmail API and OAuth endpoints, speaking to google-api-python-client.

    with GoogleEmulator(Path("mailbox")) as emulator:
        service = build("gmail", "v1", client_options={"api_endpoint": emulator.url}, ...)

`server` (sockets) -> `service` (credentials, faults, quota, log) -> `gmail`, `oauth`, `batch`, `push` -> `search`,
`messages`, `paging`, `mailbox` -> `mail`, `mime`, `history`, `query`, `words`. Nothing here knows the application.
"""

from tests.sandbox.google.server import GoogleEmulator

__all__ = ["GoogleEmulator"]
