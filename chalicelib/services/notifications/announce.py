"""Telling one person something, on all of their own devices and by e-mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import DependencyFailure, UserNotFound

if TYPE_CHECKING:
    from chalicelib.adapters.sns import Announcer
    from chalicelib.adapters.users import Users
    from chalicelib.domain.notifications import Announcement, Notice
    from chalicelib.domain.users import Device, User

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Announce:
    """Tells a user on everything that is theirs, in their language, as far as they wish to be told; nobody else."""

    users: Users
    announcer: Announcer

    def __call__(self, user_id: str, notice: Notice) -> None:
        """Each target on its own: one that fails is logged. Raises ``DependencyFailure`` only if all of them failed.

        A user who is gone, or does not wish to be told, is told nothing.
        """
        try:
            user = self.users.get(user_id)
        except UserNotFound:
            return
        if user.preferences.wants(notice.kind):
            self._send(user, notice.in_language(user.preferences.language))

    def _send(self, user: User, announcement: Announcement) -> None:
        sent, failures = 0, list[DependencyFailure]()
        for device in user.devices.values() if user.preferences.push else ():
            try:
                sent += self._push(user, device, announcement)
            except DependencyFailure as exc:
                failures.append(exc)
        if user.preferences.email:
            try:
                self.announcer.email(user.user_id, announcement)
                sent += 1
            except DependencyFailure as exc:
                failures.append(exc)
        for failure in failures:
            _log.warning("announcement to %s: %s", user.user_id, failure)
        if failures and not sent:
            raise failures[0]

    def _push(self, user: User, device: Device, announcement: Announcement) -> bool:
        """False for a device that is gone, and forgotten from now on."""
        if self.announcer.push(device.endpoint_arn, announcement):
            return True
        _log.info("device %s of %s is gone", device.device_id, user.user_id)
        # The endpoint first: once the person's row does not name it, nobody would find it any more.
        self.announcer.remove_device(device.endpoint_arn)
        self.users.remove_device(user.user_id, device.device_id)
        return False
