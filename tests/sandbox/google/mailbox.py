"""A directory of .eml files as Gmail mailboxes.

`DIR/<account>/**/*.eml` is that account's, `DIR/*.eml` everybody's. The directory is walked again whenever somebody
looks, so that files added, changed or removed appear at once; a file is parsed only when its size or time changed. Only
the index stays in memory: raw bytes are read when a message is fetched.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.sandbox.google.history import Change, History
from tests.sandbox.google.mail import Mail, read_mail

_MAX_DEPTH = 20


@dataclass(slots=True)
class _Account:
    history: History = field(default_factory=History)
    mails: dict[str, Mail] = field(default_factory=dict)
    history_ids: dict[str, int] = field(default_factory=dict)
    newest_first: tuple[Mail, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A mailbox at one moment: mails newest first, and the id of its latest change."""

    mails: tuple[Mail, ...]
    history_id: int


class Mailboxes:
    """All mailboxes below a directory (`None`: there is no mail). Thread-safe."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._parsed: dict[str, Mail] = {}
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.RLock()

    def has_folder(self, account: str) -> bool:
        return bool(account) and any(True for _ in self._folders(account))

    def snapshot(self, account: str) -> Snapshot:
        """Looks at the directory and records what appeared or vanished since the last look."""
        with self._lock:
            state = self._refreshed(account)
            return Snapshot(state.newest_first, state.history.current_id)

    def changes(self, account: str, start_id: int) -> tuple[list[Change], int]:
        """The changes after `start_id` and the current history id; Gmail's 404 as `History.since`."""
        with self._lock:
            history = self._refreshed(account).history
            return history.since(start_id), history.current_id

    def find(self, account: str, message_id: str) -> tuple[Mail, int] | None:
        """A message and its history id. Looks at the directory only when the index cannot answer."""
        with self._lock:
            state = self._accounts.get(account)
            mail = state.mails.get(message_id) if state else None
            if state is None or mail is None or _signature(mail.path) != mail.signature:
                state = self._refreshed(account)
                mail = state.mails.get(message_id)
            return (mail, state.history_ids[message_id]) if mail else None

    def expire_history(self, account: str, before_id: int) -> None:
        with self._lock:
            self._refreshed(account).history.expire(before_id)

    def _refreshed(self, account: str) -> _Account:
        state = self._accounts.setdefault(account, _Account())
        found = {mail.id: mail for mail in self._read(account)}
        gone = [mail for key, mail in state.mails.items() if key not in found]
        new = [mail for key, mail in found.items() if key not in state.mails]
        if not gone and not new:
            return state
        for mail in gone:
            state.history.record("messageDeleted", mail)
            del state.history_ids[mail.id]
        for mail in sorted(new, key=lambda mail: (mail.internal_date, str(mail.path))):
            state.history_ids[mail.id] = state.history.record("messageAdded", mail)
        state.mails = found
        state.newest_first = tuple(sorted(found.values(), key=lambda mail: mail.order, reverse=True))
        return state

    def _read(self, account: str) -> Iterator[Mail]:
        for relative, path, signature in self._files(account):
            mail = self._parsed.get(relative)
            if mail is None or mail.signature != signature:
                try:
                    mail = read_mail(path, relative, signature)
                except OSError:  # gone since the walk, or not ours to read: not in the mailbox
                    continue
                self._parsed[relative] = mail
            yield mail

    def _files(self, account: str) -> Iterator[tuple[str, Path, tuple[int, int]]]:
        if self._directory is None:
            return
        yield from _walk(self._directory, "", depth=_MAX_DEPTH)
        for folder in self._folders(account):
            yield from _walk(folder, f"{folder.name}/", depth=0)

    def _folders(self, account: str) -> Iterator[Path]:
        """The account's folders: compared without case and never built from a client's text."""
        if self._directory is None:
            return
        try:
            with os.scandir(self._directory) as entries:
                names = [entry.name for entry in entries if entry.name.casefold() == account and entry.is_dir()]
        except OSError:
            return
        yield from (self._directory / name for name in sorted(names))


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, Path, tuple[int, int]]]:
    """The .eml files of a folder and, up to a depth of 20, below it (symbolic links to folders are not followed)."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        relative = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if depth < _MAX_DEPTH:
                yield from _walk(Path(entry.path), f"{relative}/", depth + 1)
        elif entry.name.lower().endswith(".eml"):
            path = Path(entry.path)
            signature = _signature(path)
            if signature is not None:
                yield relative, path, signature


def _signature(path: Path) -> tuple[int, int] | None:
    """Modification time (ns) and size of a regular file, `None` for anything else."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if stat.S_ISREG(status.st_mode) else None
