"""What an acknowledgement does: it counts within three seconds, and some carry a message or an answer to a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.slack.standin import rules
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import ACK_WITHIN, Event

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn


class Acks:
    """Takes every acknowledgement, over the socket and over HTTP."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world

    def taken(self, event: Event, payload: Any) -> None:
        if event.acked_at is not None:
            return
        event.acked_at = self.world.now()
        event.ack = payload if isinstance(payload, dict) else None
        if event.acked_at - event.sent_at > ACK_WITHIN:
            return
        if isinstance(payload, Mapping):
            rules.check_times(self.world, f"acknowledgement of {event.what}", payload)
        try:
            if event.kind == "slash_commands" and payload:
                self._message(event, payload)
            elif event.payload.get("type") == "view_submission":
                self._form(event, payload or {})
        except Refusal as refusal:
            self.world.violation(f"acknowledgement of {event.what}: {refusal.body}")

    def _message(self, event: Event, payload: Any) -> None:
        if not isinstance(payload, Mapping):
            self.world.violation(f"acknowledgement of {event.what} is no object: {payload!r}")
            return
        self.standin.messages.answer(event, payload, route="ack")

    def _form(self, event: Event, payload: Mapping[str, Any]) -> None:
        view, action = event.view, payload.get("response_action")
        assert view is not None
        if action is None:
            view.open = False
        elif action == "errors":
            errors = payload.get("errors")
            if not isinstance(errors, Mapping) or not errors or set(errors) - set(view.fields):
                self.world.violation(f"errors for fields that the form does not have: {errors!r}; it has {sorted(view.fields)}")
                return
            event.errors = view.errors = {str(key): str(value) for key, value in errors.items()}
        elif action == "update":
            rules.check_view(self.world, payload.get("view"))
            self.standin.views.put(view, payload["view"])
            event.opened = view
        elif action == "push":
            self.standin.views.open(event, payload.get("view"), above=view)
        elif action == "clear":
            for one in self.world.views.values():
                if one.user is event.user:
                    one.open = False
        else:
            self.world.violation(f"no such response_action: {action!r}")
