"""Runs the Dockerfile's steps in order in a clean folder, as a user without rights, where `docker build` isn't at hand.

    python scripts/dockerfile_steps.py [DOCKERFILE]

Every step is read from the file and printed. A path of the image is the same path below the folder. What needs root there (apt-get,
useradd) is named and left out.

Afterwards the image's own command runs with its environment, as its user, with everything but /data read-only and the sandbox as image
service. Its health check is bad before, good while it runs, bad while it can't store anything, and good again; `doctor` beside it finds
nothing; nothing but /data has changed; and SIGTERM ends it with 0.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
USER = 10001
"""As in the Dockerfile; only used if this runs as root."""
OURS = re.compile(r"(?<![\w.-])/(opt/imagine-bot|src|data)(?=[/\s:\"']|$)")
"""Paths of the image that the steps make."""
NETWORK = re.compile(r"PIP_|SSL_CERT_|REQUESTS_CA_BUNDLE$|(?:https?|no|all)_proxy$", re.IGNORECASE)
"""Variables that pip needs to reach its index from this machine."""
FOR_ROOT = ("apt-get ", "useradd ", "rm -rf /var/lib/apt")
START, END = 60, 45
"""Seconds for a start, and compose.yaml's `stop_grace_period`."""
NOTICED = 40
"""Seconds within which the health check sees that the bot can't work, or that it can again."""
SERVICE = re.compile(r"http://127\.0\.0\.1:\d+/v1")


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def read(content: str) -> list[Stage]:
    """The stages of a Dockerfile; continued lines are joined."""
    stages: list[Stage] = []
    lines = "\n".join(line for line in content.splitlines() if not line.lstrip().startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name))
        elif word:
            stages[-1].steps.append((word, " ".join(rest.split())))
    return stages


def as_user() -> dict[str, Any]:
    """Arguments of subprocess that make a command run without rights."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass
class Build:
    """A stage's file system in a folder, its environment and its working directory."""

    root: Path
    env: dict[str, str]
    here: str = "/"
    facts: dict[str, str] = field(default_factory=dict)
    """HEALTHCHECK, ENTRYPOINT and CMD."""

    def place(self, path: str) -> Path:
        return self.root / os.path.join(self.here, path).lstrip("/")

    def mapped(self, words: str) -> str:
        return OURS.sub(lambda found: f"{self.root}/{found[1]}", words)

    def step(self, word: str, rest: str, earlier: Path) -> None:
        """Do one step; `earlier` is where the stage before is now."""
        match word:
            case "WORKDIR":
                self.here = rest
                _folder(self.place(rest))
            case "COPY":
                self.copy(shlex.split(rest), earlier)
            case "RUN":
                for command in rest.split(" && "):
                    self.run(command.strip())
            case "ENV":
                for name, value in (one.split("=", 1) for one in shlex.split(rest)):
                    self.env[name] = self.mapped(value.replace("$PATH", self.env["PATH"]))
            case "HEALTHCHECK" | "ENTRYPOINT" | "CMD":
                self.facts[word] = rest[rest.index("[") :]
            case "USER":
                assert rest == str(USER), f"the image runs as {rest}"
            case "STOPSIGNAL":
                assert rest == "SIGTERM", f"the image is stopped with {rest}"
        if word != "RUN":
            print(f"     {word} {rest}", "(nothing to do here)" * (word in ("VOLUME", "EXPOSE")))

    def copy(self, words: list[str], earlier: Path) -> None:
        source = ROOT
        if words[0].startswith("--from="):
            source, words = earlier, words[1:]
        for one in words[:-1]:
            target = self.place(words[-1])
            target = target / Path(one).name if words[-1].endswith("/") else target
            target.parent.mkdir(parents=True, exist_ok=True)
            if (found := source / one.lstrip("/")).is_dir():
                ignored = None if source != ROOT else shutil.ignore_patterns("__pycache__")
                shutil.copytree(found, target, symlinks=True, ignore=ignored)
            else:
                shutil.copy2(found, target)
            if source == ROOT:  # the last stage's copies belong to root, as in the image
                _given(target)
            else:
                subprocess.run(["chmod", "-R", "a-w", target], check=True)

    def run(self, command: str) -> None:
        if command.startswith(FOR_ROOT):
            print(f"     needs root, left out: {command}")
            return
        command = re.sub(r"--(?:owner|group) \w+ ", "", self.mapped(command))
        print(f"     {command}", flush=True)
        subprocess.run(["sh", "-c", command], cwd=self.place("."), env=self.env, check=True, **as_user())


def build(content: str, folder: Path) -> Build:
    """All stages; the last one's file system stays."""
    root, before = folder / "image", folder / "before"
    python = folder / "python"
    for made in (folder, python):
        _folder(made)
    (python / "python").symlink_to(_usable(Path(sys.base_prefix), folder / "runtime") / "bin" / f"python3.{sys.version_info.minor}")
    made = Build(root, {})
    for stage in read(content):
        print(f"FROM {stage.base} {stage.name}")
        wanted = f"python:{sys.version_info.major}.{sys.version_info.minor}"
        if not stage.base.startswith(wanted):
            print(f"     this is {wanted}, so the versions may differ")
        if root.exists():
            root.rename(before)
        _folder(root)
        network = {name: value for name, value in os.environ.items() if NETWORK.match(name)}
        made = Build(root, {**network, "PATH": f"{python}:/usr/bin:/bin", "HOME": str(folder)})
        for word, rest in stage.steps:
            made.step(word, rest, before)
    return made


def lives(made: Build) -> None:
    """Run the image's command, its health check and `doctor` as in a container, in good times and bad ones."""
    program = _program(made)
    before = _unchanging(made)
    sandbox = _started(made, [*program, "sandbox", "--port", "0"], made.env)
    try:
        assert sandbox.stdout is not None
        service = next(found[0] for line in sandbox.stdout if (found := SERVICE.search(line)))
        own = {"HEALTH_PORT": str(_free()), "IMAGE_API_KEY": "sandbox", "IMAGE_BASE_URL": service, "WEB_PORT": "0"}
        env = {**made.env, **own}
        assert _health(made, env) != 0, "the health check is good without a bot"
        print("     the health check is bad without the bot")
        bot = _started(made, [*program, *json.loads(made.facts["CMD"])], env)
        try:
            _works(made, env, bot)
        finally:
            bot.send_signal(signal.SIGTERM)
            said, _ = bot.communicate(timeout=END)
        assert bot.returncode == 0, said
        print("     SIGTERM ends it with 0")
    finally:
        sandbox.terminate()
        sandbox.communicate(timeout=END)
    assert _unchanging(made) == before, "something outside /data was written"
    print("     nothing but /data was written")


def _works(made: Build, env: dict[str, str], bot: subprocess.Popen[str]) -> None:
    """The health check says whether the bot can work, and `doctor` that everything is fine."""
    print(f"     good {_until(made, env, bot, good=True, within=START):.0f} s after the start")
    examined = subprocess.run(
        [*_program(made), "doctor", "--spend"], cwd=made.place("."), env=env, capture_output=True, text=True, check=False, **as_user()
    )
    assert examined.returncode == 0, examined.stdout + examined.stderr
    print(f"     doctor --spend beside it: {examined.stdout.strip().splitlines()[-1]}")
    _largest_file(made, bot, 0)
    print(f"     bad {_until(made, env, bot, good=False, within=NOTICED):.0f} s after the disk was full")
    _largest_file(made, bot, -1)
    print(f"     good {_until(made, env, bot, good=True, within=NOTICED):.0f} s after there was room again")


def _largest_file(made: Build, bot: subprocess.Popen[str], size: int) -> None:
    """Set how large the bot's files may become; 0 is a full disk, -1 no limit. Done as its own user: root may not everywhere."""
    words = f"import resource; resource.prlimit({bot.pid}, resource.RLIMIT_FSIZE, ({size}, -1))"
    subprocess.run([made.root / "opt/imagine-bot/bin/python", "-c", words], check=True, **as_user())


def _until(made: Build, env: dict[str, str], bot: subprocess.Popen[str], *, good: bool, within: float) -> float:
    """The seconds until the health check is so."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        assert bot.poll() is None, f"the bot has ended: {bot.communicate()[0]}"
        if (_health(made, env) == 0) is good:
            return time.monotonic() - began
        time.sleep(0.5)
    raise AssertionError(f"the health check wasn't {'good' if good else 'bad'} within {within} s")


def _program(made: Build) -> list[str]:
    entry = json.loads(made.facts["ENTRYPOINT"])
    return [str(made.root / "opt/imagine-bot/bin" / entry[0]), *entry[1:]]


def _started(made: Build, command: list[str], env: dict[str, str]) -> subprocess.Popen[str]:
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=made.place("."), env=env, **output, **as_user())  # type: ignore[call-overload]


def _unchanging(made: Build) -> dict[str, float]:
    """When each file and folder outside /data was last changed."""
    return {str(one): one.lstat().st_mtime for one in made.root.rglob("*") if made.root / "data" not in (one, *one.parents)}


def _health(made: Build, env: dict[str, str]) -> int:
    command = json.loads(made.facts["HEALTHCHECK"])
    command[0] = str(made.root / "opt/imagine-bot/bin" / command[0])
    return subprocess.run(command, cwd=made.place("."), env=env, capture_output=True, check=False, **as_user()).returncode


def _usable(prefix: Path, copy_to: Path) -> Path:
    """Where this Python is for the user without rights: copied if it lies in a home that nobody else enters."""
    if not as_user() or all(one.stat().st_mode & stat.S_IXOTH for one in (prefix, *prefix.parents)):
        return prefix
    shutil.copytree(prefix, copy_to, symlinks=True, ignore=shutil.ignore_patterns("test", "__pycache__", "site-packages", "*.a"))
    return copy_to


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    _given(path)


def _given(path: Path) -> None:
    """Make the user without rights the owner."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{USER}:{USER}", path], check=True)


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Dockerfile"
    with tempfile.TemporaryDirectory(prefix="imagine-bot-image-") as folder:
        Path(folder).chmod(0o755)
        made = build(file.read_text(encoding="utf-8"), Path(folder))
        lives(made)
    print("the Dockerfile's steps work")


if __name__ == "__main__":
    main()
