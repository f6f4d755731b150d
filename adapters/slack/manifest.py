"""The Slack app manifest for this version: commands, scopes, events. Printed by `imagine-bot slack manifest`, compared by doctor. Also
what `imagine-bot init` asks."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from adapters.kit.plugin import channel_steps
from adapters.slack.settings import CHANNELS, INSTALL_PATH, REDIRECT_PATH, is_address
from bot.adapter import SetupQuestion, SetupStep
from bot.texts import has, text

COMMANDS = (
    "imagine",
    "imagine-guide",
    "imagine-batch",
    "imagine-show",
    "imagine-status",
    "imagine-help",
    "imagine-privacy",
    "imagine-settings",
)
SCOPES: dict[str, str] = {
    scope: text(f"slack.scope.{scope.replace(':', '_').replace('.', '_')}")
    for scope in (
        "commands",
        "chat:write",
        "app_mentions:read",
        "files:write",
        "files:read",
        "im:write",
        "im:history",
        "channels:history",
        "groups:history",
        "channels:read",
        "groups:read",
        "users:read",
        "usergroups:read",
    )
}
"""Required bot scopes -> reason."""
EVENTS = ("app_mention",)
REMOVAL, ACCESS = ("app_uninstalled", "tokens_revoked"), ("team_access_revoked",)
"""Further events of an app that workspaces install, and that organisations install."""
SHORTCUT = "imagine_with_picture"
"""callback_id of the shortcut in a message's menu."""
PATH = "/slack/events"
"""The single address for commands, buttons, forms and events."""


def build(address: str | None = None, install: str | None = None, *, organisations: bool = False) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP if given the address from `request_url`.

    `install`: the public base address at which workspaces install the app, and with `organisations` whole organisations.
    """
    events = [*EVENTS, *(REMOVAL if install else ()), *(ACCESS if install and organisations else ())]
    where = {} if address is None else {"url": address}
    request = {} if address is None else {"request_url": address}
    return {
        "display_information": {
            "name": text("slack.manifest.name"),
            "description": text("slack.manifest.description"),
            "background_color": "#2f3136",
        },
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": text("slack.manifest.name"), "always_online": True},
            "shortcuts": [
                {
                    "name": text("slack.manifest.shortcut"),
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": text("slack.manifest.shortcut_about"),
                }
            ],
            "slash_commands": [{"command": f"/{name}", **where, **_words(name), "should_escape": False} for name in COMMANDS],
        },
        "oauth_config": {**({"redirect_urls": [f"{install}{REDIRECT_PATH}"]} if install else {}), "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": events},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": organisations,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _words(name: str) -> dict[str, str]:
    hint = f"slack.manifest.hint_{name}"
    return {"description": text(f"slack.manifest.command_{name}"), **({"usage_hint": text(hint)} if has(hint) else {})}


def request_url(host: str) -> str | None:
    """The address for Slack to call, from an operator's input; None if Slack wouldn't accept it."""
    if not is_address(host) or urlsplit(host).scheme != "https":
        return None
    base = host.rstrip("/")
    return base if base.endswith(PATH) else f"{base}{PATH}"


app = typer.Typer(help=text("slack.cli.help"), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `manifest` a subcommand while it's the only one."""


@app.command(help=text("slack.cli.manifest"))
def manifest(
    http: Annotated[str, typer.Option("--http", metavar="URL", help=text("slack.cli.http"))] = "",
    install: Annotated[str, typer.Option("--install", metavar="URL", help=text("slack.cli.install"))] = "",
    organisations: Annotated[bool, typer.Option("--organisations", help=text("slack.cli.organisations"))] = False,
) -> None:
    address = request_url(http.strip()) if http.strip() else None
    base = (request_url(install.strip()) or "").removesuffix(PATH) or None
    for given, found, name in ((http, address, "--http"), (install, base, "--install")):
        if given and found is None:
            typer.echo(text("slack.cli.http_form", name=name), err=True)
            raise typer.Exit(2)
    if organisations and base is None:
        typer.echo(text("slack.cli.organisations_alone"), err=True)
        raise typer.Exit(2)
    # Only JSON on stdout, so that it can be piped; instructions go to stderr.
    typer.echo(json.dumps(build(address, base, organisations=organisations), indent=2))
    typer.echo(text("slack.cli.next_http", url=address) if address else text("slack.cli.next_socket"), err=True)
    if base:
        typer.echo(text("slack.cli.next_install", url=f"{base}{INSTALL_PATH}"), err=True)


def steps() -> list[SetupStep]:
    """Ask for the bot's token, for one of both ways to receive events, and for the channels."""
    tokens = [
        SetupQuestion("SLACK_BOT_TOKEN", text("slack.init.bot_token"), secret=True),
        SetupQuestion("SLACK_APP_TOKEN", text("slack.init.app_token"), secret=True, required=False),
        SetupQuestion("SLACK_SIGNING_SECRET", text("slack.init.signing_secret"), secret=True, required=False),
        SetupQuestion("SLACK_HTTP_PORT", text("slack.init.http_port"), required=False),
    ]
    return [SetupStep(tokens, before=text("slack.init.before")), *channel_steps("slack", *CHANNELS)]
