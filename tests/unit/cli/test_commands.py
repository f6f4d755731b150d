"""What an operator sees when something is wrong: one clear sentence, exit code 2 for what was typed or set, 1 for the rest."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from bot import compose
from bot.cli import running, screen
from bot.cli.screen import dollars, plain
from bot.ledger.store import Ledger, LedgerProblem
from tests.unit.cli.conftest import KEY, Call, Ended, Point, StandInPlugin


def said(ended: Ended) -> str:
    assert "Traceback" not in ended.err + ended.out
    assert "canary" not in ended.err + ended.out
    return " ".join(ended.err.split())


def test_version_is_one_line(imagine_bot: Call) -> None:
    for spelled in ("version", "--version"):
        ended = imagine_bot(spelled)
        assert ended.code == 0
        assert ended.out.startswith("imagine-bot ")


def test_help_lists_every_command_with_a_sentence(imagine_bot: Call) -> None:
    ended = imagine_bot("--help")
    assert ended.code == 0
    for command in ("demo", "run", "sandbox", "doctor", "requests", "usage", "backup", "version"):
        assert command in ended.out
        assert imagine_bot(command, "--help").code == 0
    assert imagine_bot().code == 2


def test_version_loads_neither_an_adapter_nor_the_ledger() -> None:
    program = (
        "import sys; sys.argv = ['imagine-bot', 'version']\n"
        "from bot.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('sqlalchemy', 'nicegui', 'discord', 'slack_bolt', 'PIL', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_run_without_key_and_platform_names_both_and_how_to_go_on(imagine_bot: Call, adapters: dict[str, Point]) -> None:
    adapters["discord"] = Point("discord", lambda: StandInPlugin(name="discord", variables={"DISCORD_BOT_TOKEN": "Its token."}))
    ended = imagine_bot("run")
    assert ended.code == 2
    assert "IMAGE_API_KEY" in said(ended)
    assert "DISCORD_BOT_TOKEN" in said(ended)
    assert "imagine-bot demo" in said(ended)


def test_run_with_an_unknown_adapter_names_those_that_exist(imagine_bot: Call) -> None:
    ended = imagine_bot("run", "--adapters", "standin,telegram", IMAGE_API_KEY=KEY)
    assert ended.code == 2
    assert "telegram" in said(ended)
    assert "standin" in said(ended)


def test_run_with_a_wrong_setting_of_an_adapter_says_what_the_adapter_says(imagine_bot: Call) -> None:
    ended = imagine_bot("run", "--adapters", "standin", IMAGE_API_KEY=KEY)
    assert ended.code == 2
    assert said(ended) == "imagine-bot: STANDIN_TOKEN is not set. Put it into .env."


def test_a_wrong_setting_stops_every_command_that_reads_settings(imagine_bot: Call) -> None:
    for command in ("run", "requests", "usage", "backup"):
        ended = imagine_bot(command, MAX_ATTEMPTS="many")
        assert ended.code == 2, command
        assert "MAX_ATTEMPTS" in said(ended)


def test_an_adapter_whose_package_is_missing_says_what_to_install(imagine_bot: Call, adapters: dict[str, Point]) -> None:
    def load() -> Any:
        raise ModuleNotFoundError("No module named 'nicegui'", name="nicegui.ui")

    adapters["web"] = Point("web", load)
    for arguments in (("demo",), ("run", "--adapters", "web")):
        ended = imagine_bot(*arguments, IMAGE_API_KEY=KEY)
        assert ended.code != 0
        assert "pip install 'imagine-bot[web]'" in said(ended)


def test_a_broken_adapter_of_somebody_else_keeps_nobody_from_starting(
    imagine_bot: Call, adapters: dict[str, Point], started: list[Any]
) -> None:
    def load() -> Any:
        raise AttributeError(KEY)

    adapters["broken"] = Point("broken", load)
    assert imagine_bot("--help").code == 0
    ended = imagine_bot("run", IMAGE_API_KEY=KEY, STANDIN_TOKEN="token-1")
    assert ended.code == 0
    assert "broken" in said(ended)
    assert len(started) == 1


def test_an_adapters_own_commands_are_mounted_under_its_name(imagine_bot: Call, adapters: dict[str, Point]) -> None:
    cli = typer.Typer(help="Commands of the stand-in.")

    @cli.command()
    def sync() -> None:
        print("synchronised")

    @cli.command()
    def other() -> None:
        print("other")

    adapters["standin"] = Point("standin", lambda: StandInPlugin(cli=cli))
    assert "Commands of the stand-in." in imagine_bot("--help").out
    assert imagine_bot("standin", "sync").out == "synchronised\n"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `bot.compose.run` was called with; it ends at once."""
    calls: list[Any] = []

    async def run(
        settings: Any,
        plugins: Any,
        *,
        demo: bool,
        on_ready: Callable[[str], None],
        on_stopping: Callable[[str], None],
        reload: Any,
        **_: Any,
    ) -> int:
        calls.append((settings, plugins, demo))
        on_ready("Chat: http://127.0.0.1:8080.")
        on_stopping("Stopping.")
        return 0

    monkeypatch.setattr(compose, "run", run, raising=False)
    return calls


def test_the_end_is_told_on_standard_error_and_the_folder_can_be_named(imagine_bot: Call, started: list[Any], tmp_path: Path) -> None:
    ended = imagine_bot(
        "run", "--data-dir", "elsewhere", IMAGE_API_KEY=KEY, STANDIN_TOKEN="token-1", DATABASE_URL="sqlite:////var/lib/other.db"
    )
    assert ended.code == 0
    assert [json.loads(line)["event"] for line in ended.err.splitlines()] == ["ready", "stopping"]
    settings = started[0][0]
    assert (settings.data_dir, settings.ledger) == (tmp_path / "elsewhere", tmp_path / "elsewhere" / "other.db")


def test_run_starts_what_is_configured(imagine_bot: Call, started: list[Any]) -> None:
    ended = imagine_bot("run", IMAGE_API_KEY=KEY, STANDIN_TOKEN="token-1")
    assert ended.code == 0
    ((settings, chosen, demo),) = started
    assert (settings.image_api_key, [plugin.name for plugin in chosen], demo) == (KEY, ["standin"], False)


def test_settings_that_disagree_are_named_at_start(imagine_bot: Call, started: list[Any]) -> None:
    ended = imagine_bot("run", IMAGE_API_KEY=KEY, OPENAI_API_KEY=KEY + "x", STANDIN_TOKEN="token-1")
    assert ended.code == 0
    assert "OPENAI_API_KEY are both set and differ" in said(ended)


def test_demo_takes_port_host_and_folder_and_ignores_what_is_set_for_the_real_service(
    imagine_bot: Call, adapters: dict[str, Point], started: list[Any], tmp_path: Path
) -> None:
    web = StandInPlugin(name="web")
    web.problems = lambda env: []  # type: ignore[method-assign]
    adapters["web"] = Point("web", lambda: web)
    ended = imagine_bot(
        "demo", "--port", "8099", "--host", "localhost", "--data-dir", "elsewhere", OPENAI_API_KEY="your-key-here", WEB_PORT="1"
    )
    assert ended.code == 0
    ((settings, _, demo),) = started
    assert demo
    assert (settings.env["WEB_PORT"], settings.env["WEB_HOST"]) == ("8099", "localhost")
    assert settings.data_dir == tmp_path / "elsewhere"
    assert settings.image_api_key is None
    assert "http://127.0.0.1:8080" in ended.out
    for example in ("/imagine a red bicycle", "sandbox:rate_limited*2", "sandbox:safety_prompt"):
        assert example in ended.out


def test_demo_keeps_its_data_apart_from_the_real_ones(
    imagine_bot: Call, adapters: dict[str, Point], started: list[Any], tmp_path: Path
) -> None:
    web = StandInPlugin(name="web")
    web.problems = lambda env: []  # type: ignore[method-assign]
    adapters["web"] = Point("web", lambda: web)
    imagine_bot("demo", DATABASE_URL="sqlite:////somewhere/else.db")
    assert started[0][0].ledger == tmp_path / "data" / "demo" / "imagine-bot.db"


@pytest.mark.parametrize("problem", [LedgerProblem("Another imagine-bot (process 7) already uses data."), KeyboardInterrupt()])
def test_what_goes_wrong_at_run_time_is_one_sentence_and_not_a_traceback(
    imagine_bot: Call, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    async def run(*_: Any, **__: Any) -> int:
        raise problem

    monkeypatch.setattr(compose, "run", run, raising=False)
    ended = imagine_bot("run", IMAGE_API_KEY=KEY, STANDIN_TOKEN="token-1")
    assert ended.code == (1 if isinstance(problem, Exception) else 130)
    assert said(ended) == (f"imagine-bot: {problem}" if isinstance(problem, Exception) else "")


def test_an_adapter_that_turns_down_its_token_is_one_sentence(imagine_bot: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(settings: Any, plugins: Any, **_: Any) -> int:
        plugins[0].build(settings.env, None)
        return 0

    monkeypatch.setattr(compose, "run", run, raising=False)
    ended = imagine_bot("run", IMAGE_API_KEY=KEY, STANDIN_TOKEN="token-1")
    assert ended.code == 2, "a supervisor must not start it again and again"
    assert said(ended) == "imagine-bot: STANDIN_TOKEN was not accepted. Copy it again."


def test_an_env_file_that_was_named_must_exist(imagine_bot: Call) -> None:
    ended = imagine_bot("--env-file", "nowhere.env", "run")
    assert ended.code == 2
    assert "nowhere.env" in said(ended)


def test_another_env_file_is_read(imagine_bot: Call, started: list[Any], tmp_path: Path) -> None:
    (tmp_path / "prod.env").write_text(f"IMAGE_API_KEY={KEY}\nSTANDIN_TOKEN=token-1\n", encoding="utf-8")
    assert imagine_bot("--env-file", "prod.env", "run").code == 0
    assert started[0][0].image_api_key == KEY


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EADDRINUSE, "in use"), (errno.EACCES, "1023"), (errno.EADDRNOTAVAIL, "no address")],
)
def test_a_port_or_host_that_cannot_be_had_is_a_sentence_with_the_way_out(number: int, expected: str) -> None:
    sentence = running._not_listening("127.0.0.1", 8090, OSError(number, "x"))
    assert expected in sentence
    assert "--" in sentence


@pytest.fixture
def real_web(adapters: dict[str, Point]) -> None:
    """The web chat of this tree, which these starts never reach."""
    pytest.importorskip("nicegui", reason="the web chat is the extra `web`, which is not installed")
    from adapters.web import plugin

    adapters["web"] = Point("web", lambda: plugin)


@pytest.mark.usefixtures("real_web")
@pytest.mark.parametrize(("content", "expected"), [(b"", "empty"), (b"\x93no database\x00" * 1000, "damaged")])
def test_a_lost_or_damaged_database_is_refused_and_left_as_it_is(imagine_bot: Call, tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "data" / "demo" / "imagine-bot.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    ended = imagine_bot("demo", "--port", "0")
    assert ended.code == 1
    assert expected in said(ended)
    assert file.read_bytes() == content


@pytest.mark.usefixtures("real_web")
@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/nowhere"])
def test_a_data_folder_that_is_a_file_or_cannot_be_made_is_a_sentence(imagine_bot: Call, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    ended = imagine_bot("demo", "--port", "0", "--data-dir", folder)
    assert ended.code == 1
    assert folder in said(ended)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("real_web")
def test_a_disk_that_fills_up_after_the_ledger_is_open_leaves_nothing_that_keeps_the_process_alive(
    imagine_bot: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: Ledger, fn: Any) -> Any:
        raise LedgerProblem("The disk is full.")

    monkeypatch.setattr(Ledger, "write", full)
    before = {thread for thread in threading.enumerate() if not thread.daemon}
    ended = imagine_bot("demo", "--port", "0")
    assert (ended.code, said(ended)) == (1, "imagine-bot: The disk is full.")
    left = [thread for thread in threading.enumerate() if not thread.daemon and thread not in before and "pictures" not in thread.name]
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


def test_foreign_text_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2J\nb\u202ec") == "a [2J b c"


def test_a_table_for_a_program_is_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(["a", "b"], [["1", "[red]x\ty[/red]"]])
    assert capsys.readouterr().out == "a\tb\n1\t[red]x y[/red]\n"


@pytest.mark.parametrize(("micros", "shown"), [(0, "$0.00"), (42_100, "$0.0421"), (50_000, "$0.05"), (1_234_567_890, "$1,234.57")])
def test_money_is_shown_to_the_hundredth_of_a_cent_where_it_matters(micros: int, shown: str) -> None:
    assert dollars(micros) == shown


def test_the_browser_is_only_opened_where_a_window_can_appear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("CI", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not running._has_desktop()
    monkeypatch.setenv("DISPLAY", ":0")
    assert running._has_desktop()
    monkeypatch.setenv("CI", "true")
    assert not running._has_desktop()


def test_a_terminal_without_unicode_gets_its_sentence_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['imagine-bot', 'requests', '--help']; from bot.cli.main import main; main()"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "--since" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_goes_away_is_no_crash() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['imagine-bot', 'version']; from bot.cli.main import main; main()"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""


@pytest.mark.parametrize("roles", ["work", "chat,gate", "gate"])
def test_a_sqlite_ledger_has_one_process_with_every_role(imagine_bot: Call, tmp_path: Path, roles: str) -> None:
    ended = imagine_bot("run", "--roles", roles, IMAGE_API_KEY="sk-canary", STANDIN_TOKEN="x", DATA_DIR=str(tmp_path / "data"))
    assert ended.code == 2
    assert "One process owns a SQLite ledger and does everything" in ended.err
    assert "DATABASE_URL" in ended.err
    assert not (tmp_path / "data").exists()  # nothing is begun


def test_an_unknown_role_is_named_with_those_that_exist(imagine_bot: Call) -> None:
    ended = imagine_bot("run", "--roles", "chat,wrok", IMAGE_API_KEY="sk-canary", STANDIN_TOKEN="x")
    assert ended.code == 2
    assert "wrok" in ended.err
    assert all(role in ended.err for role in ("chat", "work", "gate"))
