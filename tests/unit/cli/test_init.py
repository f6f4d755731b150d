"""`imagine-bot init`: every answer is checked at once, nothing is written before the end, and no secret is shown."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.cli import dialogue, plugins
from bot.cli.dialogue import Dialogue
from bot.cli.draft import SettingsDraft, platform_steps, second_step
from bot.cli.init import write
from bot.cli.screen import Stop
from tests.unit.cli import test_setups
from tests.unit.cli.conftest import KEY, Call, Point
from tests.unit.cli.test_setups import Service, Workshop
from tests.unit.evidence.test_bundle import SECRETS, VARIABLES

service, workshop = test_setups.service, test_setups.workshop


@pytest.fixture
def web(adapters: dict[str, Point]) -> int:
    """The web chat as the only other adapter; a free port for it."""
    adapters["web"] = Point("web", lambda: test_setups._plugin("web"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@dataclass
class Person:
    """Types the answers; fails if more is asked."""

    answers: list[str]
    asked: list[str] = field(default_factory=list)

    def line(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answers.pop(0)

    secret = line


# ---- without a terminal


def test_answers_from_options_are_checked_and_written_for_the_owner_alone(
    imagine_bot: Call, service: Service, web: int, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text(f"{KEY}\n", encoding="utf-8")
    ended = imagine_bot("init", "--address", service.address, "--key-file", "key.txt", "--set", f"WEB_PORT={web}")
    assert ended.code == 0, ended
    assert "accepts the key" in ended.out
    assert "Next: " in ended.out
    written = (tmp_path / ".env").read_text(encoding="utf-8")
    assert f"\nIMAGE_API_KEY={KEY}\n" in written
    assert f"\nIMAGE_BASE_URL={service.address}\n" in written
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert KEY not in ended.out + ended.err
    assert imagine_bot("doctor").code == 0
    again = imagine_bot("init")
    assert (again.code, (tmp_path / ".env").read_text(encoding="utf-8")) == (0, written)
    assert "nothing was written" in again.out


@pytest.mark.parametrize("setup", ["wrong_key", "half_quoted_key", "unknown_model", "without_v1", "tcp"])
def test_a_wrong_answer_ends_it_in_doctors_words_and_writes_nothing(
    workshop: Workshop, imagine_bot: Call, web: int, tmp_path: Path, setup: str
) -> None:
    env = {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": workshop.service.address, "WEB_PORT": str(web), "STATUS_PAGE": "off"}
    env |= getattr(workshop, setup)()
    ended = imagine_bot("init", **env)
    known = next(one for one in test_setups.SETUPS if one.name == setup)
    assert ended.code == 1
    assert known.says in ended.out
    assert known.fix.lower() in ended.out.lower()
    assert "Nothing was written" in ended.err
    assert not (tmp_path / ".env").exists()
    assert "canary" not in ended.out + ended.err


def test_an_existing_file_is_only_changed_when_told_to_and_keeps_its_comments(
    imagine_bot: Call, service: Service, web: int, tmp_path: Path
) -> None:
    before = f"# mine\nIMAGE_API_KEY={KEY} # old\nIMAGE_BASE_URL={service.address}\nMAX_ATTEMPTS=2\nWEB_PORT={web}\n"
    (tmp_path / ".env").write_text(before, encoding="utf-8")
    new = "sk-canary-5555555555"
    refused = imagine_bot("init", IMAGE_API_KEY=new)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert (tmp_path / ".env").read_text(encoding="utf-8") == before
    done = imagine_bot("init", "--yes", IMAGE_API_KEY=new)
    assert done.code == 0
    assert (tmp_path / ".env").read_text(encoding="utf-8") == before.replace(KEY, new)
    assert service.keys[-1] == f"Bearer {new}"
    assert "canary" not in done.out + done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", f"IMAGE_API_KEY={KEY}"], "is a secret"),
        (["--set", "MAX_ATTEMPTS=2"], "doesn't ask for MAX_ATTEMPTS"),
        (["--set", "nonsense"], "needs NAME=VALUE"),
        (["--key-file", "missing.txt"], "can't be read"),
        (["--key-file", "/dev/null"], "is empty"),
        ([], "IMAGE_API_KEY is missing"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    imagine_bot: Call, service: Service, web: int, arguments: list[str], says: str
) -> None:
    ended = imagine_bot("init", "--address", service.address, "--set", f"WEB_PORT={web}", *arguments)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert says in ended.err
    assert KEY not in ended.err


def test_a_key_never_goes_to_a_service_that_it_wasnt_given_for(imagine_bot: Call, service: Service, web: int, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\nWEB_PORT={web}\n", encoding="utf-8")
    ended = imagine_bot("init", "--yes", "--address", service.address)
    assert ended.code == 2
    assert "only sent to its own service" in ended.err
    assert service.keys == []


def test_a_file_that_is_wrong_elsewhere_is_named_before_anything_is_asked(imagine_bot: Call, web: int, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAX_ATTEMPTS=many\n", encoding="utf-8")
    ended = imagine_bot("init", "--set", f"WEB_PORT={web}")
    assert ended.code == 2
    assert "MAX_ATTEMPTS" in ended.err


# ---- platforms


def test_discord_is_asked_for_token_and_channels_and_invites_the_bot(
    workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standin, env = workshop.discord()
    service = {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": workshop.service.address}
    guild = standin.studio()[0]
    hidden = standin.world.channel(guild, "moderators", bot_permissions=test_setups.VIEW).id
    token, channel = env.pop("DISCORD_BOT_TOKEN"), standin.world.channel(guild, "judges").id
    plugin = plugins.load("discord")
    draft = SettingsDraft(tmp_path / ".env", {**env, **service}, {"discord": plugin})
    person = Person(["wrong.token.value", "", token, hidden, "n", channel, ""])
    Dialogue(draft, person).platform(platform_steps(plugin))
    said = capsys.readouterr().out
    assert draft.answers == {"DISCORD_BOT_TOKEN": token, "MODERATOR_CHANNEL_DISCORD": channel}
    assert person.answers == []
    for sentence in ("doesn't accept DISCORD_BOT_TOKEN", "lacks Send Messages", "right-click the channel"):
        assert sentence in said
    assert token not in said + "".join(person.asked)
    assert said.count("ok   Discord token") == 1


def test_without_a_terminal_the_link_that_invites_the_bot_is_printed_too(workshop: Workshop, imagine_bot: Call, tmp_path: Path) -> None:
    standin, env = workshop.discord()
    env.pop("DISCORD_BOT_TOKEN")
    standin.world.token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe." + "x" * 38
    (tmp_path / "token.txt").write_text(standin.world.token, encoding="utf-8")
    secret = ("--secret-file", "DISCORD_BOT_TOKEN=token.txt")
    ended = imagine_bot("init", "--yes", "--address", workshop.service.address, *secret, IMAGE_API_KEY=KEY, **env)
    assert ended.code == 0, ended
    assert "oauth2/authorize?client_id=123456789012345678" in ended.out
    assert KEY not in ended.out + ended.err


def test_slacks_two_tokens_are_asked_and_checked_together(workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    standin, env = workshop.slack()
    service = {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": workshop.service.address}
    bot, app = env.pop("SLACK_BOT_TOKEN"), env.pop("SLACK_APP_TOKEN")
    channel = env.pop("MODERATOR_CHANNEL_SLACK")
    env.pop("OPERATOR_CHANNEL_SLACK")
    plugin = plugins.load("slack")
    draft = SettingsDraft(tmp_path / ".env", {**env, **service}, {"slack": plugin})
    person = Person([app, bot, "", "", "", bot, app, "", "", standin.elsewhere.id, "", channel, "none"])
    Dialogue(draft, person).platform(platform_steps(plugin))
    said = capsys.readouterr().out
    assert draft.answers == {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app, "MODERATOR_CHANNEL_SLACK": channel}
    assert "/invite" in said
    assert bot not in said


def test_slack_over_http_is_set_up_with_the_signing_secret_instead(workshop: Workshop, tmp_path: Path) -> None:
    _, env = workshop.slack()
    service = {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": workshop.service.address}
    bot, secret, channel = env.pop("SLACK_BOT_TOKEN"), "0123456789abcdef0123456789abcdef", env.pop("MODERATOR_CHANNEL_SLACK")
    for other in ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "OPERATOR_CHANNEL_SLACK"):
        env.pop(other, None)
    plugin = plugins.load("slack")
    draft = SettingsDraft(tmp_path / ".env", {**env, **service}, {"slack": plugin})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    person = Person([bot, "", "", "", "", bot, "", secret, port, channel, ""])  # at first neither of both ways
    Dialogue(draft, person).platform(platform_steps(plugin))
    wanted = {"SLACK_BOT_TOKEN": bot, "SLACK_SIGNING_SECRET": secret, "SLACK_HTTP_PORT": port, "MODERATOR_CHANNEL_SLACK": channel}
    assert draft.answers == wanted
    assert person.answers == []


def test_twenty_planted_secrets_are_shown_by_neither_init_nor_doctor(imagine_bot: Call, service: Service, web: int, tmp_path: Path) -> None:
    assert len(SECRETS) >= 20
    env = {**VARIABLES, "IMAGE_BASE_URL": service.address, "WEB_PORT": str(web), "STATUS_PAGE": "off", "OUTGOING_PROXY": "none"}
    env |= {"IMAGE_MODEL": " ".join(one for one in SECRETS.values() if one.isascii())[:100]}  # a slip of the clipboard
    for arguments in (("init", "--yes"), ("doctor",), ("doctor", "--all"), ("doctor", "--json")):
        ended = imagine_bot(*arguments, **env)
        shown = ended.out + ended.err
        assert [name for name in SECRETS if name not in ("own prompt",) and SECRETS[name].lower() in shown.lower()] == [], arguments
    assert not (tmp_path / ".env").exists()


def test_a_second_service_is_asked_for_and_checked_with_its_own_key(
    workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = workshop.service.address
    draft = SettingsDraft(tmp_path / ".env", {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": there, "STATUS_PAGE": "off"}, {})
    second = "sk-canary-5555555555"
    person = Person([there, second, "gpt-image-3=x", "", "", "", "gpt-image-2=nonsense", "", "", "", "gpt-image-2=gpt-image-2"])
    Dialogue(draft, person).platform([second_step(draft)])
    said = capsys.readouterr().out
    assert draft.answers == {"FALLBACK_BASE_URL": there, "FALLBACK_API_KEY": second, "FALLBACK_MODELS": "gpt-image-2=gpt-image-2"}
    assert "which isn't one of your models" in said
    assert "doesn't have nonsense" in said
    assert workshop.service.keys[-1] == f"Bearer {second}"
    assert second not in said


def test_a_second_service_from_options_is_whole_or_nothing_is_written(
    imagine_bot: Call, service: Service, web: int, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text(f"{KEY}\n", encoding="utf-8")
    begun = ["init", "--address", service.address, "--key-file", "key.txt", "--set", f"WEB_PORT={web}"]
    half = imagine_bot(*begun, "--secret-file", "FALLBACK_API_KEY=key.txt")
    assert (half.code, (tmp_path / ".env").exists()) == (2, False)
    assert "FALLBACK_BASE_URL isn't set" in half.err
    whole = ["--set", f"FALLBACK_BASE_URL={service.address}", "--secret-file", "FALLBACK_API_KEY=key.txt"]
    done = imagine_bot(*begun, *whole)
    assert done.code == 0, done
    assert "FALLBACK_MODELS=gpt-image-2=gpt-image-2" in (tmp_path / ".env").read_text(encoding="utf-8")
    assert KEY not in done.out + done.err


def test_a_check_that_takes_over_a_second_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    monkeypatch.setattr(dialogue, "FIRST_WORD", 0.01)
    assert dialogue.watched(asyncio.sleep(0.05, "well")) == "well"
    assert "Still checking" in capsys.readouterr().err
    assert dialogue.watched(asyncio.sleep(0, "quick")) == "quick"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("answer", "changed"), [("n", False), ("", True)])
def test_an_existing_file_is_only_changed_after_asking(tmp_path: Path, answer: str, changed: bool) -> None:
    (tmp_path / ".env").write_text(f"# mine\nIMAGE_API_KEY={KEY}\n", encoding="utf-8")
    draft = SettingsDraft(tmp_path / ".env", {}, {}, {"IMAGE_API_KEY": "sk-canary-5555555555"})
    person = Person([answer])
    with contextlib.nullcontext() if changed else pytest.raises(Stop, match="unchanged"):
        write(draft, person, yes=False)
    assert person.asked == ["Write it? [Y/n] "]
    assert (tmp_path / ".env").read_text(encoding="utf-8").count("5555555555") == changed


# ---- in a real terminal


AT_A_TERMINAL = (
    "import fcntl, signal, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.default_int_handler)"  # what starts the tests may ignore Ctrl-C, as nohup does
)


class Session:
    """The command in a terminal of its own, which shows what a person sees."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "NO_COLOR": "1"}
        run = "import sys; from bot.cli.main import main; sys.argv = ['imagine-bot', *sys.argv[1:]]; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{AT_A_TERMINAL}; {run}", *arguments],
            cwd=folder, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def until(self, mark: str, within: float = 30.0) -> None:
        begun, end = len(self.seen), time.monotonic() + within
        while mark not in self.seen[begun:]:
            assert time.monotonic() < end, f"{mark!r} didn't come after {self.seen[begun:]!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode().replace("\r", "")
                except OSError:
                    raise AssertionError(f"{mark!r} didn't come before the end: {self.seen[begun:]!r}") from None

    def answer(self, prompt: str, typed: str) -> None:
        self.until(prompt)
        os.write(self.master, f"{typed}\n".encode())

    def ended(self) -> int:
        end = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode().replace("\r", "")
                except OSError:
                    break
        return self.process.wait(5)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    opened: list[Session] = []

    def start(*arguments: str) -> Session:
        opened.append(Session(tmp_path, *arguments))
        return opened[-1]

    yield start
    for one in opened:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGKILL)
            one.process.wait()
        os.close(one.master)


def test_the_whole_dialogue_in_a_terminal(session: Callable[..., Session], service: Service, web: int, tmp_path: Path) -> None:
    """A wrong address, then a wrong model; the corrected address is offered, the key isn't asked for again, and nothing secret is shown."""
    there = session("init")
    there.answer("IMAGE_BASE_URL [", service.address.removesuffix("/v1"))
    there.answer("IMAGE_API_KEY (", KEY)
    there.answer("Enter asks again. [y/N]", "")
    there.answer(f"IMAGE_BASE_URL [{service.address}]", "")
    there.answer("Enter keeps the one you have", "")
    there.answer("IMAGE_MODEL [gpt-image-2]", "gpt-imagine-2")
    there.answer("Enter asks again. [y/N]", "maybe")
    there.answer("y or n.", "")
    there.answer("IMAGE_MODEL [gpt-image-2]", "")
    there.answer("outages of this one? [y/N]", "")
    for platform in ("Discord?", "Slack?"):
        there.answer(platform, "")
    there.answer("(web chat)? [Y/n]", "")
    there.answer("WEB_PORT [8080]", str(web))
    assert there.ended() == 0, there.seen
    assert "Next: " in there.seen
    assert KEY not in there.seen
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


@pytest.mark.parametrize("when", ["at a question", "during a check"])
def test_ctrl_c_leaves_nothing_half_done(session: Callable[..., Session], tmp_path: Path, when: str) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        there = session("init")
        there.answer("IMAGE_BASE_URL [", f"http://127.0.0.1:{deaf.getsockname()[1]}/v1")
        there.until("IMAGE_API_KEY (")
        if when == "during a check":
            os.write(there.master, f"{KEY}\n".encode())
            there.until("Still checking")
        time.sleep(0.1)  # the terminal must have gone back from showing what's typed
        os.write(there.master, b"\x03")
        assert there.ended() == 130
    assert "Nothing was written" in there.seen
    assert "Traceback" not in there.seen
    assert list(tmp_path.iterdir()) == []
