"""Composition root: turns settings into a running bot. The only file that knows every room; it wires them and makes no decisions."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.adapter import Adapter, Context, Plugin
from bot.batch.actions import BatchActions
from bot.batch.messages import BatchProjections
from bot.batch.service import batches_of
from bot.chat.port import Message, Refused
from bot.core import Core
from bot.domain.roles import ALL, ProcessRole, written
from bot.egress import Egress
from bot.events import EventStream, log_lines
from bot.evidence.button import EvidenceActions
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ledger import memory_rows, turn_rows
from bot.ledger.server import Where
from bot.ledger.store import Ledger
from bot.lifecycle import Bot, Pictures, serve
from bot.messages.background import BackgroundWrites
from bot.messages.incidents import Incidents
from bot.messages.notices import Notices
from bot.messages.question_view import project_question
from bot.messages.readers import Readers
from bot.messages.sender import Sender
from bot.messages.status_hint import StatusHint
from bot.messages.storage import StorageWatch
from bot.messages.unanswered import Unanswered
from bot.messages.undeliverable import Undeliverable
from bot.moderation.service import Moderation
from bot.platforms import fetcher_of, shows_previews
from bot.ports import Ports, SystemPorts
from bot.ports.steady import SteadyPorts
from bot.processes.places import SharedPlaces
from bot.providers.attachment_download import AttachmentDownload
from bot.providers.http_provider import HttpProvider
from bot.providers.picture_store import picture_store
from bot.providers.port import Provider
from bot.providers.services.registry import api_for
from bot.providers.status_page import StatusPage, page_of
from bot.requests.actions import RequestActions
from bot.requests.attachments import Attachments
from bot.requests.attempt import Dependencies
from bot.requests.gallery import Gallery
from bot.requests.guide import Guide
from bot.requests.models_now import as_published
from bot.requests.orphaned_files import OrphanedFiles
from bot.requests.own_services import NO_OWN_KEYS, OwnKeyPlan, OwnServices
from bot.requests.picture_actions import PictureActions
from bot.requests.picture_changes import PictureChanges
from bot.requests.previews import Previews
from bot.requests.projection import RequestProjection
from bot.requests.questions import load as load_lint
from bot.requests.ready import NotifyMe, project_ready
from bot.requests.rejections import Rejections
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler
from bot.requests.service_status import ServiceStatus
from bot.requests.services import DEFAULT, ImageService, ImageServices, ServicePlan
from bot.requests.simplify import Simplify
from bot.requests.unfinished import Unfinished
from bot.requests.unwanted_tasks import UnwantedTasks
from bot.responsiveness import favour_the_loop
from bot.rotation import Reloaded, rotation_of
from bot.settings import Settings
from bot.settings.rules import rules_of
from bot.settings.services import fallbacks_of, half_price_of, own_services_of, provider_of
from bot.settings.surroundings import cleaner_of
from bot.sharing import share
from bot.supervise import Supervisor
from bot.texts import text
from bot.vault import Vault
from bot.wakeups import WakeUps

if TYPE_CHECKING:
    from bot.evidence.bundle import BundleMaker
    from bot.health.service import HealthService
    from bot.sandbox.server import RunningSandbox


T = TypeVar("T")
Announce = Callable[[str], None]
Reload = Callable[[], Reloaded]


async def build(
    *,
    data_dir: Path,
    ports: Ports,
    rules: Rules,
    gate_settings: GateSettings,
    provider: Provider,
    pictures: Pictures,
    database: Where | None = None,
    fallbacks: Sequence[ServicePlan] = (),
    roles: frozenset[ProcessRole] = ALL,
    own: OwnKeyPlan = NO_OWN_KEYS,
) -> Bot:
    """Open the ledger and wire the rooms. Raises LedgerProblem with a complete sentence."""
    ports = SteadyPorts(ports)
    ledger, services, salt = await _open(data_dir, ports, database, (ServicePlan(DEFAULT, provider, gate_settings), *fallbacks), roles)
    adapters: dict[str, Adapter] = {}
    events = EventStream([log_lines.write])
    places = SharedPlaces(lambda: {name: (one.operators_place(), one.home_moderators_place()) for name, one in adapters.items()})
    notices = Notices(places.operators, events)
    writes, supervisor = BackgroundWrites(ledger), Supervisor(ports)
    own_services = OwnServices(ledger, Vault(ledger, own.keys), services, own.connect, partial(_service, ledger, ports), gate_settings)
    moderation = _moderation(ledger, rules, notices, places, adapters, pictures, own_services)
    deps = Dependencies(rules, moderation.cases.open_case, notices, ports.uniform, moderation.own_notices, moderation.on_pictures)
    previews = Previews(ledger, pictures.delete, lambda platform: rules.partial_images if shows_previews(adapters.get(platform)) else 0)
    scheduler = Scheduler(ledger, services, deps, ports, previews, salt, events)
    own_services.changed = scheduler.wake
    views = RequestProjection(rules, ports, scheduler, moderation.standing, moderation.cases.reviewed, services)
    sender = _sender(ledger, ports, views, notices, moderation, writes)
    actions = RequestActions(ledger, rules, moderation.cases.open_case, scheduler.cancel, pictures.delete, moderation.reviews.ask)
    guide, changes = Guide(actions), PictureChanges(actions, pictures)
    batch_actions = BatchActions(ledger, rules, moderation.community.access)
    gallery = Gallery(
        actions,
        lambda c, request, audience: moderation.views.with_case_step(c, request, views.view(c, request, audience)),
        lambda who: moderation.moderates(who.platform, who.community, who.person),
        pictures.read,
    )
    core = Core(
        ledger=ledger,
        rules=rules,
        rooms=(
            actions,
            PictureActions(actions),
            changes,
            Rejections(actions),
            guide,
            gallery,
            Simplify(actions),
            NotifyMe(ledger),
            batch_actions,
            moderation,
        ),
        open_case=moderation.cases.open_case,
        gallery=gallery,
        service_status=ServiceStatus(ledger, rules, services, ports),
        wake_message=sender.wake,
        settings_for=moderation.community.overview,
        own_settings=own_services.settings_of,
        roles=moderation.tier_roles,
        privacy_for=moderation.privacy.overview,
        batches=batch_actions,
        guide_for=guide.start,
        unfinished_of=Unfinished(changes, guide).of,
        moderators_place_of=moderation.moderators_place,
        attachments=Attachments(ledger, rules, pictures, moderation.cases.open_case, fetcher_of(adapters)),
        storage=StorageWatch(ledger, notices, lambda: {name: adapter.chat for name, adapter in adapters.items()}, ports, events),
    )
    files, incidents = OrphanedFiles(ledger, pictures, events), Incidents(notices, supervisor, writes)
    batches = batches_of(ledger, rules, moderation.cases.open_case)
    rooms = (
        ledger,
        ports,
        WakeUps(ports),
        services,
        own_services,
        scheduler,
        UnwantedTasks(ledger, services),
        sender,
        notices,
        moderation,
        batches,
    )
    bot = Bot(*rooms, core, pictures, files, writes, supervisor, incidents, events, adapters)
    if ledger.participant is not None:
        bot.sharing = await share(scheduler, sender, ports, places, roles)
    return bot


async def _open(
    data_dir: Path, ports: SteadyPorts, where: Where | None, providers: Sequence[ServicePlan], roles: frozenset[ProcessRole]
) -> tuple[Ledger, ImageServices, str]:
    """The ledger, the services with what their gates had learned, and the salt for member hashes."""
    ledger = await Ledger.open(data_dir, ports.now, ports.new_id, where, written(roles))
    try:
        services = [await _service(ledger, ports, one) for one in providers]
        salt = await ledger.write(memory_rows.salt)
    except BaseException:
        # Open connections have threads that would keep the process alive, so a full disk at start would hang instead of exit.
        await ledger.close()
        raise
    return ledger, ImageServices(services), salt


async def _service(ledger: Ledger, ports: SteadyPorts, one: ServicePlan) -> ImageService:
    kept = await ledger.read(lambda c: memory_rows.recall_gate(c, one.provider.gate_key))
    gate = AdaptiveGate(one.gate_settings, ports.uniform, kept.learned, kept.age(ports.now()))
    return ImageService(one.name, one.provider, gate, one.shown, one.after, one.equals, one.references)


async def _rules(settings: Settings, provider: HttpProvider, fallbacks: Sequence[ServicePlan], *, demo: bool) -> Rules:
    rules = rules_of(settings, demo=demo)
    rules = dataclasses.replace(rules, service_references=provider.references_for(rules.model.id))
    return rules if demo else await as_published(rules, provider, {one.name: one.provider for one in fallbacks})


def _moderation(
    ledger: Ledger, rules: Rules, notices: Notices, places: SharedPlaces, adapters: dict[str, Adapter], pictures: Pictures, own: OwnServices
) -> Moderation:
    return Moderation(
        ledger=ledger,
        rules=rules,
        notices=notices,
        home=places.moderators,
        check=lambda platform: adapters[platform].moderators if platform in adapters else None,
        forget_picture=pictures.delete,
        own_services=own,
    )


def _sender(
    ledger: Ledger, ports: Ports, views: RequestProjection, notices: Notices, moderation: Moderation, writes: BackgroundWrites
) -> Sender:
    projections = {
        "request": views.project,
        "question": project_question,
        "ready": project_ready,
        "notice": notices.project,
        **BatchProjections(views.rules).by_kind,
        **moderation.projections,
    }
    sender = Sender(ledger, ports, {}, projections, events=notices.events)
    sender.reader_of = Readers(views.rules.limits.zone).of
    sender.before_render = views.scheduler.update_estimates
    undeliverable, unanswered = Undeliverable(notices, writes), Unanswered(notices, writes, ports.monotonic)

    def refused(message: Message, why: Refused) -> None:
        unanswered.refused(message)
        undeliverable.refused(message, why)

    def arrived(message: Message) -> None:
        unanswered.arrived(message)
        undeliverable.arrived(message)

    sender.on_refused, sender.on_arrived, sender.on_unanswered = refused, arrived, unanswered.record
    return sender


def context(bot: Bot, data_dir: Path, *, demo: bool, egress: Egress | None = None, keys: Sequence[str] = ()) -> Context:
    even, kept, wall = SteadyPorts(bot.ports.wall), bot.pictures, bot.ports.wall
    download = AttachmentDownload(egress)
    return Context(
        even,
        data_dir,
        kept.read,
        kept.work,
        demo,
        bot.supervisor,
        wall,
        download,
        egress or Egress(),
        turn_rows.queue(bot.ledger),
        Vault(bot.ledger, keys),
    )


def _health(settings: Settings, ports: Ports) -> HealthService | None:
    if settings.health_port is None:
        return None
    from bot.health.service import HealthService  # imported here so that only those who want metrics pay for them

    return HealthService(settings.health_host, settings.health_port, ports)


async def run(
    settings: Settings,
    plugins: Sequence[Plugin],
    *,
    demo: bool,
    on_ready: Announce,
    on_stopping: Announce,
    reload: Reload | None = None,
    roles: frozenset[ProcessRole] = ALL,
) -> int:
    """Start from settings and run until a signal. Returns the exit code. Raises LedgerProblem and SetupProblem with a complete sentence.

    `on_ready` and `on_stopping` take sentences for the operator; `reload` reads the settings again, at SIGHUP.
    """
    favour_the_loop()
    ports = SystemPorts()
    service: RunningSandbox | None = None
    bot: Bot | None = None
    health = _health(settings, ports)
    try:
        bot, provider, service = await _made(settings, ports, demo=demo, roles=roles)
        _add_operators_parts(bot, settings, provider, health, reload)
        if ProcessRole.GATE in roles:
            bot.supervisor.start("batches", bot.batches.watch)
        for plugin in plugins:
            parts = context(bot, settings.data_dir, demo=demo, egress=settings.egress, keys=settings.encryption_keys)
            bot.add(plugin.build(settings.env, parts))
        if not plugins:
            on_ready(text("operator.works_for_others", roles=written(roles)))
        await serve(bot, on_ready, on_stopping, None if demo or not provider.has_models else provider.list_models, health)
        return 0
    finally:
        await _end(bot, service, health)


async def work_alone(settings: Settings, work: Callable[[Bot], Awaitable[T]], *, demo: bool) -> T:
    """Own the ledger without any platform while `work` runs, as a command does where no bot is running. Raises LedgerProblem."""
    favour_the_loop()
    bot, _, service = await _made(settings, SystemPorts(), demo=demo)
    try:
        lint_loaded = asyncio.get_running_loop().run_in_executor(None, load_lint)
        await bot.start()
        await lint_loaded
        return await work(bot)
    finally:
        await _end(bot, service, None)


async def _made(
    settings: Settings, ports: SystemPorts, *, demo: bool, roles: frozenset[ProcessRole] = ALL
) -> tuple[Bot, HttpProvider, RunningSandbox | None]:
    """The bot of these settings. The demo brings its own image service: the sandbox, on a free port."""
    pictures = picture_store(settings.picture_bucket, settings.data_dir, settings.egress, settings.provenance_certificate)
    service: RunningSandbox | None = None
    if demo:
        from bot.sandbox.answers import WATCHED  # imported here so that only the demo pays for it
        from bot.sandbox.server import start as start_sandbox

        service = await start_sandbox(host="127.0.0.1", port=0, pace=WATCHED)
        provider = HttpProvider(service.base_url, "sandbox", pictures, ports)
    else:
        provider = provider_of(settings, settings.image_api_key, pictures, ports)
    try:
        fallbacks: list[ServicePlan] = [] if service else fallbacks_of(settings, pictures, ports)
        if service is not None:
            fallbacks.append(half_price_of(service.base_url, "sandbox", api_for(service.base_url), pictures, ports, settings.egress))
        bot = await build(
            data_dir=settings.data_dir,
            database=settings.ledger,
            ports=ports,
            rules=await _rules(settings, provider, fallbacks, demo=demo),
            gate_settings=GateSettings(settings.max_concurrency, settings.max_images_per_minute),
            provider=provider,
            pictures=pictures,
            fallbacks=fallbacks,
            roles=roles,
            own=OwnKeyPlan(settings.encryption_keys, own_services_of(settings.egress, pictures, ports)),
        )
    except BaseException:
        await _end(None, service, None)
        raise
    return bot, provider, service


def _bundle_maker(settings: Settings, ports: Ports) -> BundleMaker:
    from bot.evidence.bundle import BundleMaker
    from bot.evidence.files import FOLDER
    from bot.settings.surroundings import surroundings_of

    return BundleMaker(surroundings_of(settings), settings.data_dir / FOLDER, ports)


def _add_operators_parts(bot: Bot, settings: Settings, provider: HttpProvider, health: HealthService | None, reload: Reload | None) -> None:
    """Evidence bundles, health checks, the weekly report, and rotation of the key."""
    bot.weekly_report = settings.weekly_report == "yes"
    page = StatusPage(page_of(settings.status_page, settings.image_base_url), bot.ports, settings.egress, clean=cleaner_of(settings))
    bot.watch_status(StatusHint(page, bot.notices, bot.writes))
    bot.core.add_room(EvidenceActions(bot.ledger, lambda: _bundle_maker(settings, bot.ports), page))
    if health is not None:
        health.observe(bot.ledger, bot.scheduler, bot.services, bot.supervisor, bot.notices, bot.ports)

    if reload is not None:
        rotation_of(bot, provider, reload).listen()


async def _end(bot: Bot | None, service: RunningSandbox | None, health: HealthService | None) -> None:
    if bot is not None:
        await bot.stop(0.0)
    if service is not None:
        await service.stop()
    if health is not None:
        health.close()
