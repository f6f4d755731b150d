"""Every fault of the sandbox through a real LiteLLM proxy: `make test-litellm`.

LiteLLM is installed from the package registry into an environment of its own and runs in front of `imagine-bot sandbox`. Each
fault is asked for directly and through the proxy, and both answers are read. A kind may differ only where the proxy keeps back
what tells it apart; such rows show what is left. Prints the table. Ends with 1 where an answer may be repeated through the proxy
and not without it, or where a block that came through as a refusal (status 400 and above) is not read as one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.domain.kinds import KINDS
from bot.failures.classify import classify
from bot.failures.evidence import from_exception, from_response
from bot.sandbox.server import KNOWN

VERSION = "litellm[proxy]==1.108.7"
KEY = "sk-" + "0123456789abcdef" * 3
"""A key for the proxy on this machine alone; LiteLLM refuses to start with a weak one."""
PLACE = Path("/tmp/imagine-bot-litellm")
"""Kept, so that the second run starts at once."""
BIN = Path(sys.executable).parent
KINDS_BY_NAME = sorted(
    name
    for name in KNOWN
    if name.split("@")[0] in set(map(str, KINDS)) and not name.startswith(("task_", "corrupt_image", "download_failed", "not_taken"))
)
"""Faults of tasks and of pictures are no failed answers of this one call."""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def installed() -> Path:
    """The proxy's program; the environment is made on the first run."""
    program = PLACE / "bin" / "litellm"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PLACE)], check=True)
        subprocess.run([str(PLACE / "bin" / "pip"), "install", "--quiet", VERSION], check=True)
    return program


@contextmanager
def running(command: list[str], url: str) -> Iterator[None]:
    with (PLACE / f"{Path(command[0]).name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"})
        try:
            for _ in range(600):
                try:
                    if httpx.get(url, timeout=2).status_code < 500:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.2)
            else:
                raise RuntimeError(f"{command[0]} does not answer at {url}; its log is in {PLACE}")
            yield
        finally:
            process.terminate()
            process.wait(20)


def asked(base: str, fault: str) -> tuple[str, bool, int | None, str]:
    """Kind, whether it may be repeated, status and the first words of the answer."""
    body = {"model": "sandbox-1", "prompt": f"a lighthouse sandbox:{fault}", "size": "64x64"}
    try:
        answer = httpx.post(f"{base}/images/generations", json=body, headers={"authorization": f"Bearer {KEY}"}, timeout=20)
    except httpx.HTTPError as error:
        failure = classify(from_exception(error, api="images.generations"))
        return failure.kind, failure.retryable, None, type(error).__name__
    failure = classify(from_response(answer.status_code, dict(answer.headers), answer.content, api="images.generations"))
    return failure.kind, failure.retryable, answer.status_code, " ".join(answer.text.split())


def main() -> int:
    proxy = installed()
    sandbox_port, proxy_port = free_port(), free_port()
    config = PLACE / "config.yaml"
    params = {"model": "openai/sandbox-1", "api_base": f"http://127.0.0.1:{sandbox_port}/v1", "api_key": "sk-x", "max_retries": 0}
    model = {"model_name": "sandbox-1", "litellm_params": params, "model_info": {"mode": "image_generation"}}
    router = {"num_retries": 0, "disable_cooldowns": True}
    config.write_text(json.dumps({"model_list": [model], "router_settings": router, "general_settings": {"master_key": KEY}}))
    direct, through = f"http://127.0.0.1:{sandbox_port}/v1", f"http://127.0.0.1:{proxy_port}/v1"
    with (
        running([str(BIN / "imagine-bot"), "sandbox", "--port", str(sandbox_port)], f"{direct}/models"),
        running([str(proxy), "--config", str(config), "--port", str(proxy_port)], f"http://127.0.0.1:{proxy_port}/health/liveliness"),
    ):
        same, wrong = 0, 0
        print("| fault | directly | through LiteLLM | status | same |\n|---|---|---|---|---|")
        for fault in KINDS_BY_NAME:
            plain, wrapped = asked(direct, fault), asked(through, fault)
            same += plain[0] == wrapped[0]
            blocked = plain[0].startswith("safety") and (wrapped[2] or 0) >= 400
            wrong += (wrapped[1] and not plain[1] and (wrapped[2] or 0) >= 400) or (blocked and not wrapped[0].startswith("safety"))
            shown = "yes" if plain[0] == wrapped[0] else f"no: `{wrapped[3][:110]}`"
            print(f"| `{fault}` | {plain[0]} | {wrapped[0]} | {plain[2]} → {wrapped[2]} | {shown} |", flush=True)
        print(f"\n{same} of {len(KINDS_BY_NAME)} are read as without the proxy; {wrong} are wrongly repeated or a block that is missed")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
