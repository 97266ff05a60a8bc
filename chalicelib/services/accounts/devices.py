"""A person's iPhones, registered for push."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.users import Device
from chalicelib.errors import InvalidRequest, NotFound, UserNotFound

if TYPE_CHECKING:
    from chalicelib.adapters.sns import Announcer
    from chalicelib.adapters.users import Users
    from chalicelib.domain.users import User

#: More devices than a person has; each costs a publish for every announcement.
_MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class Devices:
    """Registering and removing devices."""

    users: Users
    announcer: Announcer

    def register(self, user: User, device_token: str, platform: str) -> Device:
        """Registers a device token; doing it again is how iOS apps refresh it, and changes nothing.

        A phone belongs to whoever logged in on it last: it is taken from the person before.
        """
        device_id = hashlib.sha256(device_token.lower().encode()).hexdigest()[:24]
        if device_id not in user.devices and len(user.devices) >= _MOST_DEVICES:
            raise InvalidRequest(f"device_token: no more than {_MOST_DEVICES} devices can be registered")
        endpoint = self.announcer.register_device(user.user_id, device_token)
        if endpoint.previous_owner:
            self.users.remove_device(endpoint.previous_owner, device_id)
        device = Device(device_id=device_id, platform=platform, endpoint_arn=endpoint.arn)
        try:
            self.users.put_device(user.user_id, device)
        except UserNotFound:
            self.announcer.remove_device(endpoint.arn)
            raise
        return device

    def remove(self, user: User, device_id: str) -> None:
        """Raises ``NotFound`` for a device that is not this user's."""
        device = user.devices.get(device_id)
        if device is None:
            raise NotFound("The device does not exist")
        self.announcer.remove_device(device.endpoint_arn)
        self.users.remove_device(user.user_id, device_id)
