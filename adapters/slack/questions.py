"""What `imagine-bot init` asks for Slack: both tokens of Socket Mode, which needs no public address, and the channels."""

from __future__ import annotations

from adapters.slack.settings import CHANNELS
from bot.adapter import SetupQuestion, SetupStep
from bot.texts import text


def steps() -> list[SetupStep]:
    tokens = [
        SetupQuestion("SLACK_BOT_TOKEN", text("slack.init.bot_token"), secret=True),
        SetupQuestion("SLACK_APP_TOKEN", text("slack.init.app_token"), secret=True),
    ]
    channels = [
        SetupStep([SetupQuestion(name, text(f"slack.init.{who}"), required=False)])
        for name, who in zip(CHANNELS, ("moderators", "operators"), strict=True)
    ]
    return [SetupStep(tokens, before=text("slack.init.before")), *channels]
