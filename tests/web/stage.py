"""A stand-in core for the web chat's own tests: it keeps what it was asked and answers what a test laid out. No requests, no ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.port import Message
from bot.chat.views import Act, ActionName, Audience, Choice, FieldKind, Form, FormField, PictureView, Reply, View
from bot.core import Core, Duplicate, Options, Received, Refusal, Visitor
from bot.domain.requests import Place, Request, Submission

PROMPT_FORM = Form(
    ActionName.EDIT,
    "row1",
    "Edit prompt",
    (
        FormField("prompt", "Prompt", FieldKind.PARAGRAPH, "a red bicycle", max_length=200),
        FormField(
            "size", "Size", FieldKind.CHOICE, "1024x1024", (Choice("1024x1024", "Square 1024×1024"), Choice("1536x1024", "Landscape"))
        ),
        FormField("private", "Only for me", FieldKind.SWITCH, "true", required=False),
    ),
    "Create",
    "You can change everything.",
)


class StageCore(Core):
    """What was asked of it, in order; what it answers can be set. Every door of Core that the web chat uses is replaced."""

    def __init__(self, broken: bool = False, past: Sequence[tuple[Place, str]] = ()) -> None:
        self.asked: list[tuple[str, object]] = []
        self.keys: set[str] = set()
        self.reply = Reply("Done.")
        self.broken, self.past = broken, past
        self.free_sizes = False
        self.resent: list[str] = []
        self.begun: dict[str, list[tuple[str, View]]] = {}

    async def receive(self, event_key: str, submission: Submission) -> Received | Duplicate:
        if self.broken:
            raise RuntimeError("the ledger is gone")
        if event_key in self.keys:
            return Duplicate("r1")
        self.keys.add(event_key)
        self.asked.append(("receive", submission))
        return Received(f"r{len(self.keys)}")

    async def accept(self, request_id: str) -> Request | Refusal:
        self.asked.append(("accept", request_id))
        return Refusal(request_id, "stage")

    async def form(self, act: Act) -> Form | Reply:
        self.asked.append(("form", act))
        return PROMPT_FORM

    async def act(self, act: Act) -> Reply:
        self.asked.append(("act", act))
        return self.reply

    async def imagine_form(self, visitor: Visitor) -> Form:
        self.asked.append(("imagine_form", visitor))
        return PROMPT_FORM

    async def show(self, visitor: Visitor, request_id: str | None = None) -> View:
        self.asked.append(("show", request_id))
        return View("Your last pictures")

    async def price(self, visitor: Visitor, prompt: str, typed: Mapping[str, object], references: int = 0) -> View:
        self.asked.append(("price", (prompt, typed, references)))
        return View("price")

    async def status(self, visitor: Visitor, typed: str = "") -> View:
        self.asked.append(("status", visitor))
        return View("All is well")

    async def help(self, visitor: Visitor) -> View:
        return View("Help")

    async def privacy(self, visitor: Visitor) -> View:
        return View("Privacy")

    async def settings(self, visitor: Visitor) -> Form | Reply:
        return Reply("Only administrators change settings.", changed=False)

    def options(self, platform: str = "", community: str = "") -> Options:
        sizes = (
            Choice("1024x1024", "Square 1024×1024"),
            Choice("1536x1024", "Landscape 1536×1024"),
            Choice("1024x1536", "Portrait 1024×1536"),
        )
        return Options(
            "stage",
            sizes,
            self.free_sizes,
            (Choice("low", "low"), Choice("medium", "medium"), Choice("high", "high")),
            "1024x1024",
            "medium",
            4,
            4000,
        )

    async def history(self, platform: str, limit: int = 200) -> Sequence[tuple[Place, str]]:
        return self.past

    async def unfinished(self, visitor: Visitor) -> Sequence[tuple[str, View]]:
        return self.begun.get(visitor.person, [])

    async def resend(self, message_id: str) -> None:
        self.resent.append(message_id)


def message(
    id: str = "m1",
    audience: Audience = Audience.CHANNEL,
    person: str | None = None,
    channel: str = "imagine",
    by: str = "ana",
    at: str = "100",
) -> Message:
    return Message(id, f"request:{id}", audience, Place("web", "local", channel, reply={"by": by, "at": at}), person)


def picture(sha256: str = "a" * 64) -> PictureView:
    return PictureView(sha256, "png", 640, 480, 1000, "A red bicycle in the rain", "imagine.png")
