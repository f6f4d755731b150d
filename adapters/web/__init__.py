"""Local web chat: three channels and five personas in a browser tab, on the same core as Discord and Slack.

Importing this package is cheap; NiceGUI is only imported when the adapter is built.
"""

from __future__ import annotations

from adapters.web.plugin import WebPlugin

plugin = WebPlugin()

__all__ = ["plugin"]
