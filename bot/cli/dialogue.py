"""Dialogue of `imagine-bot init`: asks each step's questions and checks every answer at once; a wrong one gets a sentence and the same
question."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bot.adapter import Finding, SetupQuestion
from bot.cli import draft as drafts
from bot.cli.doctor import show
from bot.cli.draft import CheckedStep, SettingsDraft
from bot.cli.screen import remark, say
from bot.settings.dotenv import stripped
from bot.texts import text

T = TypeVar("T")
FIRST_WORD, NEXT_WORD = 1.0, 5.0
"""Seconds after which a check that still runs says so, for the first time and then again."""


class Keyboard(Protocol):
    """Where answers come from. Both raise EOFError at the end of the input, and KeyboardInterrupt."""

    def line(self, prompt: str) -> str: ...

    def secret(self, prompt: str) -> str:
        """Without echo."""
        ...


class Terminal:
    def line(self, prompt: str) -> str:
        return input(prompt)

    def secret(self, prompt: str) -> str:
        return getpass.getpass(prompt)


@dataclass(slots=True)
class Dialogue:
    """One conversation about one draft."""

    draft: SettingsDraft
    keyboard: Keyboard

    def service(self) -> None:
        """Address, key and model; back to the address if the key's check shows that it's the address."""
        steps, at, suggested = drafts.service_steps(self.draft), 0, ""
        begun = drafts.default_address(self.draft)
        while at < len(steps):
            moved = not drafts.same_host(drafts.default_address(self.draft), begun)
            wrong = self._once(steps[at], suggested or (drafts.default_model(self.draft) if at == 2 else ""), offer_secret=not moved)
            if wrong is None:
                at, suggested = at + 1, ""
                begun = drafts.default_address(self.draft) if at == 2 else begun
            elif at == 1 and drafts.address_is_wrong(wrong):
                suggested, at = drafts.better_address(self.draft, wrong), 0

    def platform(self, steps: Sequence[CheckedStep]) -> None:
        """A platform's steps, each until it's right."""
        for step in steps:
            if step.setup is not None and step.setup.before:
                say(step.setup.before)
            while self._once(step) is not None:
                pass
            if step.setup is not None and step.setup.after is not None and (said := step.setup.after(self.draft.settings().env)):
                say(said)

    def agrees(self, question: str, *, default: bool) -> bool:
        """A yes-or-no question; Enter takes the default."""
        while True:
            answer = self.keyboard.line(f"{question} [{text('init.yes_usual' if default else 'init.no_usual')}] ").strip().lower()
            if not answer:
                return default
            if answer in ("y", "yes", "n", "no"):
                return answer[0] == "y"
            say(text("init.yes_or_no"))

    def _once(self, step: CheckedStep, suggested: str = "", *, offer_secret: bool = True) -> Finding | None:
        """Ask and check a step once. Returns the first problem that isn't accepted."""
        for question in step.questions:
            self._ask(question, suggested, offer=offer_secret or not question.secret or question.variable in self.draft.answers)
        found = watched(step.check(self.draft))
        for finding in found:
            show(finding)
        for note in self.draft.notes:
            remark(text("cli.warning", sentence=note))
        self.draft.notes.clear()
        wrong = next((finding for finding in found if not finding.ok), None)
        if wrong is None or self.agrees(text("init.keep_anyway"), default=False):
            say()
            return None
        return wrong

    def _ask(self, question: SetupQuestion, suggested: str, *, offer: bool) -> None:
        """Ask for one setting until there's an answer, and store it if it differs from the current value."""
        present = self.draft.present(question.variable) if offer else ""
        default = suggested or present or question.default
        say(question.about)
        while True:
            answer = stripped(self._typed(question, default, present))
            if answer.lower() == text("init.none") and not question.required:
                answer, default = "", ""
            if answer or default or not question.required:
                break
            say(text("init.required"))
        self.draft.answer(question.variable, answer or default)

    def _typed(self, question: SetupQuestion, default: str, present: str) -> str:
        if question.secret:
            hint = text("init.hidden_kept" if present else "init.hidden")
            return self.keyboard.secret(f"  {question.variable} ({hint}): ")
        offered = default
        if not question.required:
            offered = text("init.optional_kept", value=default) if default else text("init.optional")
        return self.keyboard.line(f"  {question.variable} [{offered}]: " if offered else f"  {question.variable}: ")


def watched(work: Coroutine[Any, Any, T]) -> T:
    """Run a check. If it takes over a second, say that it's still running."""

    async def run() -> T:
        task = asyncio.ensure_future(work)
        after, seconds = FIRST_WORD, 0.0
        while True:
            done, _ = await asyncio.wait({task}, timeout=after)
            if done:
                return task.result()
            seconds, after = seconds + after, NEXT_WORD
            remark(text("init.checking", seconds=round(seconds)))

    return asyncio.run(run())
