"""The measured claims of the docs: `python -m bench [NAME ...]`. Without a name: those that need nothing else, in minutes."""

from __future__ import annotations

import importlib
import sys

BENCHES = {
    "gate": ("bench.provider.gate", "the provider benchmark through the real core, against the targets of docs/gate.md"),
    "fallback": ("bench.provider.fallback", "outages of the first service, with and without a second one, in the same run"),
    "failover": ("bench.provider.failover", "failoverbench's faults of the first service: who was asked what, and what members got"),
    "batch": ("bench.batch", "a batch whose process is killed again and again: what is paid, written, and done twice"),
    "beside": ("bench.beside", "members beside a batch that never ends: how long their pictures take, against without it"),
    "core": ("bench.core", "the core's own time on a real SQLite file"),
    "processes": ("bench.processes", "one, two and four work processes on one PostgreSQL: throughput, and how long a command waits"),
    "workers": ("bench.workers", "the provider benchmark with three work processes, against one process, in real time; ten minutes"),
    "failures": ("bench.failures", "how well and how fast failures are recognised, also with each family of rules left out"),
    "classifier": ("bench.classifier", "how well failures of unseen sources are understood: rules, learned reader, both; calibration"),
    "lag": ("bench.loop_lag", "how long the event loop waits while pictures are decoded"),
    "memory": ("bench.memory", "the most memory that ten results and their references in flight take"),
    "languages": ("bench.languages", "memory and start with English alone and with every language"),
    "discord-ack": ("bench.discord_ack", "how fast a Discord command is acknowledged, against a bare discord.py bot in the same run"),
    "slack-ack": ("bench.slack_ack", "how fast a Slack command is acknowledged, against a bare slack_bolt app in the same run"),
    "peers": ("bench.provider.peers", "the provider benchmark for what people use today; makes an environment of its own first"),
    "sweep": ("bench.provider.sweep", "many scenarios drawn at random, without a network"),
}
DEFAULT = ("gate", "fallback", "failover", "core", "failures", "lag", "memory")


def main() -> int:
    """Run the named benches one after the other; options (`--seeds 1`) go to the one before them."""
    wanted: list[list[str]] = []
    for word in sys.argv[1:]:
        if word in BENCHES and not (wanted and wanted[-1][-1].startswith("--") and "=" not in wanted[-1][-1]):
            wanted.append([word])
        elif wanted:
            wanted[-1].append(word)
        else:
            print(f"There is no bench {word!r}. There are:")
            for name, (_, what) in BENCHES.items():
                print(f"  {name:10} {what}")
            return 2
    failed = 0
    for words in wanted or [[name] for name in DEFAULT]:
        module, what = BENCHES[words[0]]
        print(f"\n== {words[0]}: {what}", flush=True)
        sys.argv = [f"bench {words[0]}", *words[1:]]
        failed += bool(importlib.import_module(module).main())
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
