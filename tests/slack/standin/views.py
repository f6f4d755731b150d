"""views.*: modals are opened by a trigger that lives for three seconds, and updated under a hash."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.slack.standin import rules
from tests.slack.standin.api import method
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import TRIGGER_LIFE, Event, View, Workspace, World

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

Args = Mapping[str, Any]


class Views:
    """All modals."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.as_invalid_arguments = False
        """Say `invalid_arguments` for an expired trigger, as Slack sometimes does."""

    def exchange(self, args: Args) -> Event:
        """The event behind a trigger, which is used up."""
        event = self.world.triggers.get(str(args.get("trigger_id") or ""))
        if event is None:
            raise Refusal("invalid_trigger_id")
        if self.world.now() - event.sent_at > TRIGGER_LIFE:
            if self.as_invalid_arguments:
                raise Refusal("invalid_arguments", "[ERROR] `trigger_id` expired")
            raise Refusal("expired_trigger_id")
        if event.trigger_used:
            raise Refusal("exchanged_trigger_id")
        event.trigger_used = True
        return event

    def open(self, event: Event, body: Any, *, above: View | None = None) -> View:
        rules.check_view(self.world, body)
        view = View(self.world.new_id("V"), event.user, {}, "", event)
        view.root = above.root if above is not None else view.id
        view.previous = above.id if above is not None else None
        self.put(view, body)
        self.world.views[view.id] = view
        event.opened = view
        return view

    def put(self, view: View, body: Mapping[str, Any]) -> None:
        """Show a body; blocks and elements get ids where they have none."""
        shown = copy.deepcopy(dict(body))
        for number, block in enumerate(shown.get("blocks") or []):
            block.setdefault("block_id", f"b{number}")
            for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
                if isinstance(element, dict) and "action_id" in element:
                    element.setdefault("action_id", f"a{number}")
        view.body, view.errors = shown, {}
        view.hash = f"{self.world.new_ts()}.{secrets.token_hex(4)}"
        view.history.append(shown)

    def find(self, args: Args) -> View:
        for view in self.world.views.values():
            if view.open and (
                view.id == args.get("view_id") or (args.get("external_id") and view.body.get("external_id") == args["external_id"])
            ):
                return view
        raise Refusal("not_found")


@method("views.open")
def views_open(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    rules.check_view(standin.world, args.get("view"))
    event = standin.views.exchange(args)
    return {"view": standin.views.open(event, args["view"]).json()}


@method("views.push")
def views_push(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    rules.check_view(standin.world, args.get("view"))
    event = standin.views.exchange(args)
    if event.view is None or not event.view.open:
        raise Refusal("invalid_arguments", "[ERROR] no modal to push on")
    depth, below = 1, event.view
    while below.previous is not None:
        depth, below = depth + 1, standin.world.views[below.previous]
    if depth >= 3:
        raise Refusal("push_limit_reached")
    return {"view": standin.views.open(event, args["view"], above=event.view).json()}


@method("views.update")
def views_update(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    rules.check_view(standin.world, args.get("view"))
    view = standin.views.find(args)
    if args.get("hash") and args["hash"] != view.hash:
        raise Refusal("hash_conflict")
    standin.views.put(view, args["view"])
    return {"view": view.json()}
