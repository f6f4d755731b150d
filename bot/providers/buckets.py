"""Where a bucket is and what opens it, from the settings. No client is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
CONFIG = {
    "AWS_ACCESS_KEY_ID": "access_key_id",
    "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    "AWS_SESSION_TOKEN": "session_token",
    "AWS_REGION": "region",
    "AWS_DEFAULT_REGION": "region",
}
"""The variables of Amazon's own tools -> the client's option; the first of two wins."""
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """`s3://name/prefix`."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    """Address of the service; empty for Amazon's."""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def opened_with(self, env: Mapping[str, str]) -> BucketPlace:
        """The same with the address and the keys that the environment has."""
        endpoint = next((env[name] for name in ENDPOINTS if env.get(name)), "")
        found: dict[str, str] = {}
        for name, option in CONFIG.items():
            if env.get(name):
                found.setdefault(option, env[name])
        return replace(self, endpoint=endpoint.rstrip("/"), options=found)

    def config(self) -> dict[str, str]:
        found = {"region": DEFAULT_REGION, **self.options}
        return {**found, "endpoint": self.endpoint} if self.endpoint else found

    @property
    def plain_http(self) -> bool:
        return self.endpoint.startswith("http://")

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}".rstrip("/")
