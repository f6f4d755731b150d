"""The operators' dashboard: requests, failures, latency, queue, spending and cases as charts and tables, renewed every half minute.

Served at /operators behind the web chat's guard: with WEB_TOKEN nobody sees it without the token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nicegui import Client, ui

from adapters.web import charts
from adapters.web.charts import DARK, LIGHT, ChartOptions, Palette
from adapters.web.parts import Part, clean, part
from bot.core import Core
from bot.reports.dashboard import Dashboard, OpenNotice
from bot.texts import has, joined, text
from bot.texts.phrases import duration, listed, money, number

WINDOWS = {24: "day", 7 * 24: "week", 30 * 24: "month"}
"""Hours -> key of the window's name."""
DEFAULT_HOURS = 24
RENEW = 30.0
"""Seconds between two looks at the ledger."""
LONGEST = 8
"""Rows of a table of lessons; `imagine-bot failures` has them all."""
COLOURS = {"pictures": 0, "failed": 1, "blocked": 2, "expired": 3, "refused": 4, "interrupted": 5, "cancelled": 6}
"""Outcome -> colour of the palette, whichever outcome is the most frequent: failures are red on a bad day too."""
TableRow = Sequence[object]


class DashboardPage:
    def __init__(self, client: Client, core: Core, hours: int, evidence: Callable[[], Sequence[str]] = tuple) -> None:
        self._client, self._core, self._evidence = client, core, evidence
        self._hours = hours if hours in WINDOWS else DEFAULT_HOURS
        self._palette: Palette = LIGHT
        self._body: Part | None = None

    async def show(self) -> None:
        """Draw the page, and again whenever the numbers may have changed."""
        with part("main", "", "dashboard", id="dashboard"):
            with part("header", "", "dashboard-head"):
                part("h1", text("web.dashboard.title"))
                with part("nav", "", "windows", aria_label=text("web.dashboard.windows")):
                    for hours, name in WINDOWS.items():
                        chosen = "page" if hours == self._hours else None
                        part("a", text(f"web.dashboard.window_{name}"), "window", href=f"/operators?hours={hours}", aria_current=chosen)
                part("a", text("web.dashboard.chat"), "window", href="/")
            self._body = part("div", "", "panels", id="panels")
        await self._client.connected()
        dark = await ui.run_javascript("window.matchMedia('(prefers-color-scheme: dark)').matches")
        self._palette = DARK if dark else LIGHT
        await self._renew()
        ui.timer(RENEW, self._renew_unless_read, immediate=False)

    async def _renew_unless_read(self) -> None:
        """Not while a table is open: a renewal would close it."""
        if not await ui.run_javascript("document.querySelector('.numbers[open]') !== null"):
            await self._renew()

    async def _renew(self) -> None:
        if self._body is None or self._client.is_deleted:
            return
        seen = await self._core.dashboard(self._hours * 3600.0)
        self._body.clear()
        with self._body:
            self._now(seen)
            self._requests(seen)
            self._failures(seen)
            self._latency(seen)
            self._spending(seen)
            self._cases(seen)
            self._lessons(seen)
            self._bundles()
            part("p", text("web.dashboard.as_of", at=_clock(seen.until, "%Y-%m-%d %H:%M:%S UTC")), "as-of")

    # ---- panels

    def _now(self, seen: Dashboard) -> None:
        with self._panel("now"):
            live = [text("web.dashboard.live_state", count=count, state=state) for state, count in seen.live.items()]
            none, head = text("web.dashboard.nothing_live"), text("web.dashboard.problems")
            rows: list[TableRow] = [(head, _notice(one)) for one in seen.notices] or [(head, none)]
            rows.append((text("web.dashboard.live"), listed(live, len(live)) or none))
            for name, gate in seen.gates.items():
                state = text(f"web.dashboard.gate_{gate.state}", wait=duration(gate.paused_for))
                unknown = text("web.dashboard.not_learned")
                limits = text(
                    "web.dashboard.learned",
                    at_once=gate.concurrency or unknown,
                    per_minute=unknown if gate.per_minute is None else number(gate.per_minute, 0, 1),
                )
                words = joined(" ", (state, text("web.dashboard.in_flight", count=gate.in_flight), limits))
                rows.append((text("web.dashboard.gate", name=name), words))
            _facts(rows)

    def _requests(self, seen: Dashboard) -> None:
        times = self._times(seen)
        outcomes = {_outcome(name): list(counts) for name, counts in seen.outcomes.items()}
        with self._panel("requests"):
            options = charts.stacked(times, outcomes, self._palette, {_outcome(name): colour for name, colour in COLOURS.items()})
            rows = [(name, sum(counts)) for name, counts in outcomes.items()]
            self._chart("requests", options if rows else None, ("outcome", "count"), rows)

    def _failures(self, seen: Dashboard) -> None:
        with self._panel("failures"):
            kinds = seen.failures.by("kind")
            top = kinds[:10]
            options = charts.ranked([_plain(kind) for kind, *_ in top], [count for _, count, _ in top], self._palette)
            self._chart("failures", options if top else None, ("kind", "count", "anyway"), kinds)

    def _lessons(self, seen: Dashboard) -> None:
        found = seen.failures
        tables: list[tuple[str, tuple[str, ...], Sequence[TableRow]]] = [
            ("remedies", ("kind", "tried", "count", "worked"), [(one.kind, one.origin, one.count, one.worked) for one in found.remedies]),
            ("rejections", ("reason", "count"), found.rejections),
            ("models", ("model", "count", "anyway"), found.by("model")),
            ("sizes", ("size", "count", "anyway"), found.by("size")),
            ("origins", ("origin", "count", "anyway"), found.by("template")),
            ("words", ("word", "blocked", "passed", "members"), [(w.word, w.blocked, w.passed, w.members) for w in found.words]),
        ]
        with self._panel("lessons"):
            for name, columns, rows in tables:
                if rows:
                    part("h3", text(f"web.dashboard.lessons_{name}"))
                    _table(columns, rows[:LONGEST])
            if not any(rows for _, _, rows in tables):
                part("p", text("web.dashboard.empty"), "empty")

    def _bundles(self) -> None:
        """Links to the newest evidence, which a button on the notices makes."""
        if names := self._evidence():
            with self._panel("evidence"), part("ul", "", "bundles"):
                for name in names:
                    with part("li"):
                        part("a", name, "", href=f"/operators/evidence/{name}", download=name)

    def _latency(self, seen: Dashboard) -> None:
        times = self._times(seen)
        series = {f"p{percent}": [None if one is None else round(one, 1) for one in values] for percent, values in seen.latency.items()}
        rows = [(time, *(values[at] for values in series.values())) for at, time in enumerate(times)]
        rows = [row for row in rows if row[1] is not None]
        with self._panel("latency"):
            options = charts.lines(times, series, self._palette, "s")
            self._chart("latency", options if rows else None, ("time", *series), rows)

    def _spending(self, seen: Dashboard) -> None:
        spent = seen.spending
        with self._panel("spending"):
            amounts = {"week": spent.week, "day": spent.per_day, "month": spent.month, "end": spent.month_end}
            part("p", text("report.pace", last=spent.last_day, **{name: money(micros) for name, micros in amounts.items()}), "lead")
            options = charts.stacked(
                [day[5:] for day, _, _ in spent.days], {"$": [micros / 1e6 for _, micros, _ in spent.days]}, self._palette
            )
            options["legend"] = {"show": False}
            options["yAxis"]["axisLabel"] = {"color": self._palette.text, "formatter": "${value}"}
            days = [(day, money(micros), count) for day, micros, count in spent.days]
            self._chart("spending", options, ("day", "cost", "pictures"), days)
            if seen.owners:
                unlimited = text("web.dashboard.unlimited")
                owners = [(one.owner, money(one.spent), unlimited if one.limit is None else money(one.limit)) for one in seen.owners]
                part("h3", text("web.dashboard.budgets"))
                _table(("community", "cost", "budget"), owners)

    def _cases(self, seen: Dashboard) -> None:
        with self._panel("cases"):
            none = text("web.dashboard.no_decision")
            _facts([
                (text("web.dashboard.open"), seen.cases_open),
                (text("web.dashboard.median"), none if seen.decision_median is None else duration(seen.decision_median)),
                (text("web.dashboard.longest"), none if seen.decision_longest is None else duration(seen.decision_longest)),
            ])  # fmt: skip
            closed = list(seen.cases_closed.items())
            if closed:
                options = charts.ranked([_plain(state) for state, _ in closed], [count for _, count in closed], self._palette, 3)
                self._chart("cases", options, ("outcome", "count"), [(_plain(state), count) for state, count in closed])

    def _panel(self, name: str) -> Part:
        panel = part("section", "", f"panel panel-{name}", aria_labelledby=f"panel-{name}")
        with panel:
            part("h2", text(f"web.dashboard.panel_{name}"), "", id=f"panel-{name}")
        return panel

    def _chart(self, name: str, options: ChartOptions | None, columns: Sequence[str], rows: Sequence[TableRow]) -> None:
        """A chart and its numbers; a sentence if there are none."""
        if options is None:
            part("p", text("web.dashboard.empty"), "empty")
            return
        label = clean(text("web.dashboard.chart", what=text(f"web.dashboard.panel_{name}")))
        ui.echart(options, renderer="svg").classes(f"chart chart-{name}").props(f'role=img aria-label="{label}"')
        with part("details", "", "numbers"):
            part("summary", text("web.dashboard.numbers"))
            _table(columns, rows)

    def _times(self, seen: Dashboard) -> list[str]:
        return [_clock(at, "%H:%M" if self._hours <= DEFAULT_HOURS else "%d %b %H:%M") for at in seen.starts()]


def _notice(one: OpenNotice) -> str:
    since = _clock(one.since, "%Y-%m-%d %H:%M UTC")
    return joined(" ", (text("web.dashboard.problem", what=one.title, count=one.count, since=since), one.sentence))


def _facts(rows: Sequence[TableRow]) -> None:
    with part("dl", "", "facts"):
        for name, value in rows:
            part("dt", _words(name))
            part("dd", _words(value))


def _table(columns: Sequence[str], rows: Sequence[TableRow]) -> None:
    with part("div", "", "scroller", tabindex="0"), part("table"):
        with part("thead"), part("tr"):
            for name in columns:
                part("th", text(f"web.dashboard.column_{name}") if has(f"web.dashboard.column_{name}") else name, "", scope="col")
        with part("tbody"):
            for row in rows:
                _cells(row)


def _cells(row: TableRow) -> None:
    with part("tr"):
        for cell in row:
            part("td", "-" if cell is None else _words(cell))


def _words(value: object) -> str:
    """A value as words; a text stays one, so that it's said in the page's language."""
    return value if isinstance(value, str) else str(value)


def _outcome(name: str) -> str:
    return text(f"web.dashboard.outcome_{name}") if has(f"web.dashboard.outcome_{name}") else _plain(name)


def _plain(token: str) -> str:
    return token.replace("_", " ")


def _clock(at: float, form: str) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(form)
