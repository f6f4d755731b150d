"""The methods of the Web API, except for files and views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.slack.standin.api import by_kind, flag, kind, method
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import Message, Workspace

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

Args = Mapping[str, Any]


@method("api.test")
def api_test(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return {"args": dict(args)}


@method("auth.test")
def auth_test(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.username,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": standin.oauth.org_wide(workspace),
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
    }


@method("apps.connections.open", "connections:write")
def connections_open(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return {"url": standin.socket.ticket()}


@method("team.info", "team:read")
def team_info(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return {"team": {"id": workspace.id, "name": workspace.name, "domain": workspace.domain}}


@method("chat.postMessage", "chat:write")
def post_message(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.messages.post(workspace, args)


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.messages.post_ephemeral(workspace, args)


@method("chat.update", "chat:write")
def update(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.messages.update(workspace, args)


@method("chat.delete", "chat:write")
def delete(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.messages.delete(workspace, args)


@method("conversations.open", "im:write")
def conversations_open(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    people = [one for one in str(args.get("users") or "").split(",") if one]
    if not people and args.get("channel"):
        return {"channel": {"id": standin.messages.reachable(workspace, str(args["channel"])).id}}
    if len(people) != 1:
        raise Refusal("invalid_arguments" if len(people) > 1 else "users_list_not_supplied")
    user = standin.world.users.get(people[0])
    if user is None or user.workspace is not workspace:
        raise Refusal("user_not_found")
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    known = any(one.direct and user.id in one.members and one.has_bot for one in standin.world.channels.values())
    channel = standin.world.dm(user)
    return {"channel": {"id": channel.id}} | ({"no_op": True, "already_open": True} if known else {})


@method("conversations.info", by_kind("read"))
def conversations_info(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = standin.world.channels.get(str(args.get("channel") or ""))
    if channel is None or channel.workspace is not workspace or (channel.private and not channel.has_bot):
        raise Refusal("channel_not_found")
    locale = {"locale": channel.locale} if flag(args.get("include_locale")) else {}
    return {"channel": channel.json() | locale}


@method("conversations.list", "channels:read")
def conversations_list(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    kinds = str(args.get("types") or "public_channel").split(",")
    found = []
    for one in standin.world.channels.values():
        if one.workspace is workspace and not one.direct and ("private_channel" if one.private else "public_channel") in kinds:
            if kind(one) + ":read" not in standin.world.scopes:
                raise Refusal("missing_scope", needed=f"{kind(one)}:read", provided=",".join(sorted(standin.world.scopes)))
            if (one.has_bot or not one.private) and not (flag(args.get("exclude_archived")) and one.archived):
                found.append(one.json())
    page, cursor = paged(standin, args, found)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", by_kind("read"))
def conversations_members(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = standin.world.channels.get(str(args.get("channel") or ""))
    if channel is None or channel.workspace is not workspace or (channel.private and not channel.has_bot):
        raise Refusal("channel_not_found")
    page, cursor = paged(standin, args, list(channel.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def paged(standin: StandIn, args: Args, found: list[Any], default: int = 100) -> tuple[list[Any], str]:
    """One page by cursor, and the next cursor; pages may be smaller than asked for."""
    limit = int(args.get("limit") or default)
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    if standin.world.page_size is not None:
        limit = min(limit, standin.world.page_size)
    cursor = str(args.get("cursor") or "")
    if cursor and not (cursor.startswith("page:") and cursor[5:].isdigit()):
        raise Refusal("invalid_cursor")
    start = int(cursor[5:]) if cursor else 0
    return found[start : start + limit], f"page:{start + limit}" if start + limit < len(found) else ""


@method("conversations.history", by_kind("history"))
def conversations_history(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = standin.messages.reachable(workspace, str(args.get("channel") or ""))
    found = [one for one in standin.world.messages if one.channel is channel and one.thread_ts in (None, one.ts)]
    page, cursor = paged(standin, args, _between(found, args)[::-1])
    return _told(page, cursor, args)


@method("conversations.replies", by_kind("history"))
def conversations_replies(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = standin.messages.reachable(workspace, str(args.get("channel") or ""))
    parent = standin.world.message(channel, str(args.get("ts") or ""))
    if parent is None:
        raise Refusal("thread_not_found")
    thread = parent.thread_ts or parent.ts
    found = [one for one in standin.world.messages if one.channel is channel and thread in (one.ts, one.thread_ts)]
    page, cursor = paged(standin, args, _between(found, args))
    return _told(page, cursor, args)


def _between(found: list[Message], args: Args) -> list[Message]:
    """Not deleted, nobody's secret, and between `oldest` and `latest`."""
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or 1e12)
    inclusive = flag(args.get("inclusive"))
    return [
        one
        for one in found
        if not one.deleted
        and not one.ephemeral
        and (oldest < float(one.ts) < latest or (inclusive and float(one.ts) in (oldest, latest)) or one.ts == args.get("ts"))
    ]


def _told(page: list[Message], cursor: str, args: Args) -> dict[str, Any]:
    told = [one.json(with_metadata=flag(args.get("include_all_metadata"))) for one in page]
    return {"messages": told, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


@method("users.info", "users:read")
def users_info(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    user = standin.world.users.get(str(args.get("user") or ""))
    shares = user is not None and any(user.id in one.members for one in standin.world.channels.values() if one.workspace is workspace)
    if user is None or (user.workspace is not workspace and not shares):
        raise Refusal("user_not_found")
    locale = {"locale": user.locale} if flag(args.get("include_locale")) else {}
    if user.workspace is workspace:
        return {"user": user.json() | locale}
    same = bool(workspace.enterprise) and user.workspace.enterprise == workspace.enterprise
    grid = {"enterprise_user": {"enterprise_id": user.workspace.enterprise, "teams": [user.workspace.id]}} if same else {}
    return {"user": {**user.json(), **locale, "is_stranger": not same, **grid}}


@method("usergroups.users.list", "usergroups:read")
def usergroups_users_list(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    group = standin.world.groups.get(str(args.get("usergroup") or ""))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": sorted(group)}


@method("bots.info", "users:read")
def bots_info(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    if args.get("bot") != workspace.bot_id:
        raise Refusal("bot_not_found")
    bot = {"id": workspace.bot_id, "app_id": "A0STANDIN1", "user_id": workspace.bot.id, "name": workspace.bot.username, "deleted": False}
    return {"bot": bot}
