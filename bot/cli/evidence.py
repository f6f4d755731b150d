"""`imagine-bot evidence`: one zip about a failed request that can be sent to the image service's support. Safe while the bot runs."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import typer

from bot.cli import plugins
from bot.cli.options import DataDir
from bot.cli.records import ledger_file, look
from bot.cli.screen import USAGE, Stop, remark, say
from bot.evidence.bundle import BundleMaker, LeakFound
from bot.evidence.collect import find
from bot.evidence.files import FOLDER
from bot.evidence.reported import status_words
from bot.ledger import own_rows
from bot.ports import SystemPorts
from bot.providers.status_page import StatusPage, page_of
from bot.requests.own_services import keys_in
from bot.settings import load
from bot.settings.surroundings import cleaner_of, surroundings_of, with_own_services
from bot.texts import text
from bot.vault.cipher import Cipher


def evidence(
    ctx: typer.Context,
    request: Annotated[str | None, typer.Argument(help=text("cli.help.evidence_request"), show_default=False)] = None,
    last_failure: Annotated[bool, typer.Option("--last-failure", help=text("cli.help.evidence_last"))] = False,
    data_dir: DataDir = None,
) -> None:
    if request is not None and last_failure:
        raise Stop(text("evidence.either"), code=USAGE)
    adapters, _ = plugins.load_all()
    settings = load(os.environ, ctx.obj, others=plugins.variables(adapters.values()).keys()).at(data_dir)
    file = ledger_file(ctx.obj, data_dir)
    found = look(file, lambda c: find(c, request))
    if found is None:
        raise Stop(text("evidence.no_failure") if request is None else text("evidence.unknown", request=request[:60]))
    page = StatusPage(page_of(settings.status_page, settings.image_base_url), SystemPorts(), settings.egress, clean=cleaner_of(settings))
    own = look(file, lambda c: own_rows.sealed(c, SystemPorts().now()))
    about = with_own_services(surroundings_of(settings), keys_in(own, Cipher(settings.encryption_keys)))
    maker = BundleMaker(about, settings.data_dir / FOLDER, SystemPorts())
    try:
        path = maker.make(found, asyncio.run(status_words(page)) if page.address else "")
    except LeakFound as leak:
        raise Stop(text("evidence.leak", what=leak)) from leak
    except OSError as error:
        raise Stop(text("operator.folder_unwritable", folder=settings.data_dir)) from error
    say(str(path))
    remark(text("evidence.made", request=found.request.id))
