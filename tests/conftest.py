"""What all tests share: reports that can travel from the process of a test to the one that prints them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long examples take to draw says how busy the machine is, not whether the code is right.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Tests log lone surrogates on purpose, and pytest-xdist's line between the processes breaks on one in captured output."""
    return _whole((yield))


def _whole(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode("utf-8", "backslashreplace").decode()
    if isinstance(found, dict):
        return {_whole(key): _whole(value) for key, value in found.items()}
    return type(found)(_whole(one) for one in found) if type(found) in (list, tuple) else found
