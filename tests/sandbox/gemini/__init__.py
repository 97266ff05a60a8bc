"""A Gemini for the laptop: `models/{model}:generateContent` as google-genai calls it, from recorded or honest answers.

    with GeminiEmulator(answers=Path("answers")) as emulator:
        client = genai.Client(api_key="any", http_options={"base_url": emulator.url})

`server` (sockets) -> `service` (key, request, faults, log) -> `misbehaviour` -> `answers`. Nothing here knows the
application.
"""

from tests.sandbox.gemini.server import GeminiEmulator

__all__ = ["GeminiEmulator"]
