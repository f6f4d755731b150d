"""Secrets from files: one by one, a mounted folder, and systemd's credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsProblem, load

KEY = "sk-from-a-file-0123456789"


def test_a_file_gives_a_setting_without_the_editors_line_break(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"\ufeff {KEY}\r\n\n", encoding="utf-8")
    settings = load({"IMAGE_API_KEY_FILE": str(file)})
    assert settings.image_api_key == KEY
    assert settings.warnings == ()
    assert KEY in settings.secrets()
    assert settings.used["IMAGE_API_KEY"] == "IMAGE_API_KEY"


@pytest.mark.parametrize("variable", ["SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_a_folder_gives_every_setting_that_has_a_file(tmp_path: Path, variable: str) -> None:
    (tmp_path / "image_api_key").write_text(KEY)
    (tmp_path / "WEB_TOKEN").write_text("correct-horse-battery\n")
    (tmp_path / "something_else").write_text("ignored")
    (tmp_path / "slack_bot_token").mkdir()
    settings = load({variable: str(tmp_path)}, others=["WEB_TOKEN", "SLACK_BOT_TOKEN"])
    assert settings.image_api_key == KEY
    assert settings.env["WEB_TOKEN"] == "correct-horse-battery"
    assert "SLACK_BOT_TOKEN" not in settings.env
    assert {KEY, "correct-horse-battery"} <= set(settings.secrets())
    assert settings.warnings == ()


def test_the_nearest_source_wins_and_a_conflict_is_named(tmp_path: Path) -> None:
    for folder, value in (("secrets", "sk-secrets-dir-00000000"), ("systemd", "sk-systemd-0000000000")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "IMAGE_API_KEY").write_text(value)
    (tmp_path / "one").write_text(KEY)
    env = {"SECRETS_DIR": str(tmp_path / "secrets"), "CREDENTIALS_DIRECTORY": str(tmp_path / "systemd")}
    assert load(env).image_api_key == "sk-secrets-dir-00000000"
    env["IMAGE_API_KEY_FILE"] = str(tmp_path / "one")
    assert load(env).image_api_key == KEY
    env["IMAGE_API_KEY"] = "sk-from-the-environment-01"
    settings = load(env)
    assert settings.image_api_key == "sk-from-the-environment-01"
    assert any("IMAGE_API_KEY_FILE" in one for one in settings.warnings)
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"IMAGE_API_KEY_FILE={tmp_path / 'one'}\n")
    assert load({}, dotenv).image_api_key == KEY


def test_a_file_that_cannot_be_read_stops_the_start_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for env in (
        {"IMAGE_API_KEY_FILE": str(tmp_path / "none")},
        {"IMAGE_API_KEY_FILE": str(tmp_path / "binary")},
        {"IMAGE_API_KEY_FILE": str(tmp_path)},
        {"SECRETS_DIR": str(tmp_path / "none")},
    ):
        with pytest.raises(SettingsProblem, match=next(iter(env))):
            load(env)


def test_a_wrong_value_in_a_file_is_never_repeated(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("two words that are no key")
    with pytest.raises(SettingsProblem) as problem:
        load({"IMAGE_API_KEY_FILE": str(tmp_path / "key")})
    assert "IMAGE_API_KEY" in str(problem.value)
    assert "two words" not in str(problem.value)
