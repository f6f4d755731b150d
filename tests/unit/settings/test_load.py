"""What an operator hears about settings: one clear sentence per problem, and never a secret."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.zones import zone_of
from bot.ledger.server import LedgerServer
from bot.settings import KNOWN, Settings, SettingsProblem, load, service_problems, values
from bot.settings.model import VARIABLES
from bot.texts import has, keys

CANARY = "sk-canary-4242424242"


def problems(env: Mapping[str, str], file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsProblem) as caught:
        load(env, file)
    return list(caught.value.problems)


def dotenv(folder: Path, content: str) -> Path:
    file = folder / ".env"
    file.write_text(content, encoding="utf-8")
    return file


def test_without_any_setting_everything_has_a_safe_default() -> None:
    settings = load({})
    assert (settings.max_attempts, settings.max_rate_answers, settings.request_deadline_s) == (3, 10, 840)
    assert settings.image_api_key is None
    assert settings.partial_images == 0
    for name, value in settings.model_dump().items():
        if name.startswith("budget_") and name != "budget_timezone":
            assert value, f"{name} must be neither zero nor unlimited"
    assert settings.data_dir.is_absolute()
    assert settings.ledger.parent == settings.data_dir


@pytest.mark.parametrize(
    "written", [f"  {CANARY}  ", f'"{CANARY}"', f" '{CANARY}'\t", f"“{CANARY}”", f"\ufeff{CANARY}\u200b", f"\"'{CANARY}'\""]
)
def test_blanks_and_quotes_around_a_value_are_not_part_of_it(written: str) -> None:
    assert load({"IMAGE_API_KEY": written}).image_api_key == CANARY


@pytest.mark.parametrize(
    "line",
    [
        f"IMAGE_API_KEY={CANARY}",
        f'export IMAGE_API_KEY = "{CANARY}"',
        f"IMAGE_API_KEY='{CANARY}'  # mine",
        f"\ufeffIMAGE_API_KEY={CANARY}\r\n",
    ],
)
def test_a_key_is_read_from_the_file_the_way_people_write_it(tmp_path: Path, line: str) -> None:
    assert load({}, dotenv(tmp_path, line)).image_api_key == CANARY


def test_a_dollar_sign_in_the_file_is_only_a_character(tmp_path: Path) -> None:
    assert load({"X": "no"}, dotenv(tmp_path, "IMAGE_API_KEY=sk-a${X}b$c")).image_api_key == "sk-a${X}b$c"


def test_a_missing_file_is_no_problem_and_an_empty_value_counts_as_not_set(tmp_path: Path) -> None:
    assert load({"MAX_ATTEMPTS": "  "}, tmp_path / "nowhere").max_attempts == 3
    assert load({"MAX_ATTEMPTS": ""}, dotenv(tmp_path, "MAX_ATTEMPTS=5")).max_attempts == 5


@pytest.mark.parametrize(
    ("env", "key", "address"),
    [
        ({"OPENAI_API_KEY": "sk-o1234567"}, "sk-o1234567", "https://api.openai.com/v1"),
        ({"OPENAI_API_KEY": "sk-o1234567", "NBILITY_API_KEY": "nb-1234567"}, "nb-1234567", "https://api.nbility.dev/v1"),
        (
            {"OPENAI_API_KEY": "sk-o1234567", "NBILITY_API_KEY": "nb-1234567", "IMAGE_API_KEY": "im-123456"},
            "im-123456",
            "https://api.openai.com/v1",
        ),
        ({"NBILITY_API_KEY": "nb-1234567", "NBILITY_BASE_URL": "https://eu.nbility.dev/v1/"}, "nb-1234567", "https://eu.nbility.dev/v1"),
        ({"IMAGE_API_KEY": "im-123456", "OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}, "im-123456", "http://127.0.0.1:8080/v1"),
        ({"OPENAI_API_KEY": "sk-o1234567", "IMAGE_BASE_URL": "https://images.example/v1"}, "sk-o1234567", "https://images.example/v1"),
    ],
)
def test_image_names_come_before_nbility_before_openai(env: Mapping[str, str], key: str, address: str) -> None:
    settings = load(env)
    assert (settings.image_api_key, settings.image_base_url) == (key, address)


def test_azures_version_may_stay_in_the_address() -> None:
    address = "https://x.openai.azure.com/openai/deployments/gpt-image-2?api-version=2025-04-01-preview"
    assert load({"IMAGE_BASE_URL": address}).image_base_url == address


def test_two_that_disagree_are_named_and_two_that_agree_are_not() -> None:
    settings = load({"IMAGE_API_KEY": CANARY, "OPENAI_API_KEY": CANARY + "x"})
    (said,) = settings.warnings
    assert "IMAGE_API_KEY" in said
    assert "OPENAI_API_KEY" in said
    assert CANARY not in said
    assert load({"IMAGE_API_KEY": CANARY, "OPENAI_API_KEY": CANARY}).warnings == ()
    assert load({"IMAGE_MODEL": "a", "NBILITY_IMAGE_MODEL": "b"}).image_model == "a"


def test_a_key_is_never_sent_to_another_services_address() -> None:
    settings = load({"OPENAI_API_KEY": CANARY, "NBILITY_BASE_URL": "https://api.nbility.dev/v1"})
    assert settings.image_base_url == "https://api.openai.com/v1"
    assert "NBILITY_BASE_URL" in settings.warnings[0]
    settings = load({"NBILITY_API_KEY": CANARY, "OPENAI_BASE_URL": "https://proxy.example/v1"})
    assert settings.image_base_url == "https://api.nbility.dev/v1"


def test_the_environment_wins_over_the_file_and_says_so(tmp_path: Path) -> None:
    settings = load({"IMAGE_MODEL": "from-environment"}, dotenv(tmp_path, "IMAGE_MODEL=from-file"))
    assert settings.image_model == "from-environment"
    assert "IMAGE_MODEL" in settings.warnings[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_ATTEMPTS", "0"),
        ("MAX_ATTEMPTS", "-1"),
        ("MAX_ATTEMPTS", "²"),
        ("MAX_ATTEMPTS", "３"),
        ("MAX_ATTEMPTS", "1e3"),
        ("MAX_ATTEMPTS", "three"),
        ("MAX_RATE_ANSWERS", "1" * 5000),
        ("REQUEST_DEADLINE_S", "14m"),
        ("MAX_CONCURRENCY", "0"),
        ("MAX_MEMBER_REQUESTS", "0"),
        ("MAX_MEMBER_REQUESTS", "1001"),
        ("PARTIAL_IMAGES", "4"),
        ("BUDGET_MEMBER_DAY_USD", "NaN"),
        ("BUDGET_MEMBER_DAY_USD", "1e309"),
        ("BUDGET_MEMBER_DAY_USD", "-5"),
        ("BUDGET_MEMBER_DAY_USD", "$5"),
        ("BUDGET_MEMBER_DAY_USD", "1,50"),
        ("BUDGET_COMMUNITY_DAY_PICTURES", "0x10"),
        ("BUDGET_TIMEZONE", "Berlin"),
        ("BUDGET_TIMEZONE", "../../etc/passwd"),
        ("IMAGE_QUALITY", "ultra"),
        ("IMAGE_MODEL", "gpt image 2"),
        ("IMAGE_BASE_URL", "api.openai.com"),
        ("IMAGE_BASE_URL", "https://"),
        ("IMAGE_BASE_URL", "http://host:99999/v1"),
        ("IMAGE_BASE_URL", "ftp://host/v1"),
        ("IMAGE_BASE_URL", "https://api.openai.com/v1/images/generations"),
        ("IMAGE_BASE_URL", "https://api.openai.com/v1?key=1"),
        ("IMAGE_PROXY", "proxy:3128"),
        ("CAPTION_FONT", "/nowhere/brand.ttf"),
        ("CAPTION_FONT", __file__),
        ("LOG_LEVEL", "loud"),
        ("ALLOWED_GUILDS", "my server"),
        ("ALLOWED_GUILDS", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨"),
        ("ALLOWED_WORKSPACES", "acme.slack.com"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "/var/lib/x.db"),
        ("DATA_DIR", "~nobody-like-this/x"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_the_variables_name(name: str, value: str) -> None:
    (sentence,) = problems({name: value})
    assert sentence.startswith(name)
    assert len(sentence) < 400
    assert "\n" not in sentence


def test_a_machine_without_time_zones_still_knows_utc_and_says_what_to_install() -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert load({"BUDGET_TIMEZONE": "UTC"}).budget_timezone == "UTC"
        assert zone_of("UTC").utcoffset(None) == timedelta(0)
        (sentence,) = problems({"BUDGET_TIMEZONE": "Europe/Berlin"})
        assert "tzdata" in sentence
    finally:
        zoneinfo.reset_tzpath(to=before)


def test_all_problems_are_told_at_once() -> None:
    assert len(problems({"MAX_ATTEMPTS": "x", "LOG_LEVEL": "y", "BUDGET_TIMEZONE": "z"})) == 3


@pytest.mark.parametrize("value", [f"{CANARY} extra", f"{CANARY}\u00e9", f"{CANARY}\nX: y", f"Bearer {CANARY}"])
def test_a_broken_key_is_named_but_never_shown(value: str) -> None:
    (sentence,) = problems({"OPENAI_API_KEY": value})
    assert sentence.startswith("OPENAI_API_KEY")
    assert "canary" not in sentence


@pytest.mark.parametrize("value", ["your-api-key-here", "sk-...", "<key>", "changeme", "xxxx", "sk-xxxxxxxx", "YOUR_KEY"])
def test_a_placeholder_is_no_key(value: str) -> None:
    (sentence,) = problems({"IMAGE_API_KEY": value})
    assert "placeholder" in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgresql+asyncpg://bot:{CANARY}@db/imagine"),
        ("DATABASE_URL", f"postgresql://bot:{CANARY}@db"),
        ("DATABASE_URL", f"postgresql://bot:{CANARY}@[db/imagine"),
        ("DATABASE_URL", f"postgresql://bot:two words {CANARY}@db/imagine"),
        ("DATABASE_URL", f"{CANARY}"),
        ("DATABASE_URL", f"postgresql://bot:a@{CANARY}@db/imagine"),
        ("DATABASE_URL", f"postgresql://bot:a/{CANARY}@db/imagine"),
        ("IMAGE_BASE_URL", f"https://user:{CANARY}@api.example/v1"),
        ("IMAGE_BASE_URL", f"https://user:{CANARY}@[api.example/v1"),
        ("IMAGE_PROXY", f"socks5://user:{CANARY}@proxy:1"),
        ("IMAGE_PROXY", f"http://user:{CANARY}@proxy:port"),
    ],
)
def test_a_password_in_an_address_is_never_repeated(name: str, value: str) -> None:
    (sentence,) = problems({name: value})
    assert sentence.startswith(name)
    assert "canary" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATA_DIR", "{folder}/" + "x" * 300), ("DATA_DIR", "{folder}/circle/data"), ("DATABASE_URL", "sqlite:///{folder}/" + "x" * 300)],
)
def test_a_path_that_nobody_can_open_is_a_sentence_and_no_traceback(name: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (sentence,) = problems({name: value.format(folder=tmp_path)})
    assert sentence.startswith(f"{name} names “")
    assert "too long" in sentence or "symbolic links" in sentence


def test_another_kind_of_server_is_refused_with_the_ways_out() -> None:
    (sentence,) = problems({"DATABASE_URL": "mysql://db/imagine"})
    assert "SQLite" in sentence
    assert "PostgreSQL" in sentence
    assert "DATA_DIR" in sentence


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_address_names_a_server(scheme: str) -> None:
    settings = load({"DATABASE_URL": f"{scheme}://bot:{CANARY}@db:5433/imagine?sslmode=require"})
    assert str(settings.ledger) == "postgresql://db:5433/imagine"
    assert settings.ledger == LedgerServer(f"postgresql://bot:{CANARY}@db:5433/imagine?sslmode=require")
    assert "canary" not in repr(settings.ledger)
    assert settings.at(Path("elsewhere")).ledger == Path.cwd() / "elsewhere" / "imagine-bot.db"


@pytest.mark.parametrize("written", [f"bot:{CANARY}@db/imagine", f"/imagine?host=/run&password={CANARY}"])
def test_a_password_of_the_database_is_redacted(written: str) -> None:
    assert CANARY in load({"DATABASE_URL": f"postgresql://{written}"}).secrets()


def test_without_its_driver_postgresql_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "find_spec", lambda name: None)
    (sentence,) = problems({"DATABASE_URL": "postgresql://db/imagine"})
    assert "pip install 'imagine-bot[postgres]'" in sentence


@pytest.mark.parametrize("value", ["sqlite:////var/lib/x.db", "sqlite+aiosqlite:////var/lib/x.db"])
def test_a_sqlite_address_names_the_ledgers_file(value: str) -> None:
    assert load({"DATABASE_URL": value}).ledger == Path("/var/lib/x.db")


def test_amounts_are_exact_and_unlimited_is_a_word() -> None:
    settings = load({"BUDGET_MEMBER_DAY_USD": "0.1", "BUDGET_MEMBER_MONTH_USD": "2.50", "BUDGET_COMMUNITY_DAY_USD": "Unlimited"})
    assert (settings.budget_member_day_usd, settings.budget_member_month_usd, settings.budget_community_day_usd) == (
        100_000,
        2_500_000,
        None,
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("IMAGE_APIKEY", "IMAGE_API_KEY"),
        ("image_api_key", "IMAGE_API_KEY"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        ("BUDGET_COMUNITY_DAY_USD", "BUDGET_COMMUNITY_DAY_USD"),
        ("MAX-ATTEMPTS", "MAX_ATTEMPTS"),
    ],
)
def test_a_misspelt_setting_in_the_file_stops_the_start_and_names_the_right_one(tmp_path: Path, wrong: str, right: str) -> None:
    (sentence,) = problems({}, dotenv(tmp_path, f"{wrong}=3"))
    assert wrong in sentence
    assert f"Did you mean {right}?" in sentence


def test_a_misspelt_setting_in_the_environment_is_a_warning_because_it_may_belong_to_somebody_else() -> None:
    assert "Did you mean MAX_ATTEMPTS?" in load({"MAX_ATTEMPT": "3"}).warnings[0]
    assert load({"OPENAI_ORG_ID": "o", "SLACK_CLIENT_SECRET": "s" * 9, "IMAGE_TAG": "v1", "PATH": "/bin", "HOME": "/root"}).warnings == ()


def test_the_adapters_variables_are_known_and_their_misspellings_too(tmp_path: Path) -> None:
    file = dotenv(tmp_path, "DISCORD_BOT_TOKEN=abc\nDISCORD_BOT_TOKN=abc\nWHAT_IS_THIS=1\n")
    settings = load({}, file, others=["DISCORD_BOT_TOKEN"])
    assert settings.env["DISCORD_BOT_TOKEN"] == "abc"
    assert any("Did you mean DISCORD_BOT_TOKEN?" in said for said in settings.warnings)
    assert any("WHAT_IS_THIS" in said for said in settings.warnings)


def test_a_missing_key_is_told_with_the_misspelt_one_where_there_is_one() -> None:
    (sentence,) = service_problems(load({}))
    assert "IMAGE_API_KEY" in sentence
    (sentence,) = service_problems(load({"IMAGE_APIKEY": CANARY}))
    assert "IMAGE_APIKEY" in sentence
    assert "Did you mean IMAGE_API_KEY?" in sentence
    assert service_problems(load({"NBILITY_API_KEY": CANARY})) == []


def test_the_demo_starts_whatever_the_image_service_variables_hold() -> None:
    settings = load({"OPENAI_API_KEY": "your-key", "IMAGE_BASE_URL": "nonsense", "IMAGE_QUALITY": "?"}, service=False)
    assert settings.image_api_key is None


@pytest.mark.parametrize(
    ("content", "about"),
    [
        (b"MAX_ATTEMPTS=3\nthis is no line\n", "line 2"),
        (b"\n\nMAX_ATTEMPTS\n", "line 3"),
        ("MAX_ATTEMPTS=3".encode("utf-16"), "UTF-8"),
        (b"\0\0", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_with_its_line(tmp_path: Path, content: bytes, about: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    sentences = problems({}, file)
    assert any(about in sentence and str(file) in sentence for sentence in sentences)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (sentence,) = problems({}, tmp_path)
    assert str(tmp_path) in sentence


def test_the_same_setting_twice_with_different_values_is_named(tmp_path: Path) -> None:
    settings = load({}, dotenv(tmp_path, "MAX_ATTEMPTS=2\nMAX_ATTEMPTS=4\n"))
    assert settings.max_attempts == 4
    assert "MAX_ATTEMPTS" in settings.warnings[0]


def test_a_key_over_plain_http_to_the_internet_is_a_warning_and_to_ones_own_machine_is_not() -> None:
    assert "IMAGE_BASE_URL" in load({"IMAGE_API_KEY": CANARY, "IMAGE_BASE_URL": "http://images.example/v1"}).warnings[0]
    for private in ("http://localhost:1234/v1", "http://127.0.0.1/v1", "http://192.168.1.5/v1", "http://gpu:7860/v1", "http://[::1]:1/v1"):
        assert load({"IMAGE_API_KEY": CANARY, "IMAGE_BASE_URL": private}).warnings == ()


def test_every_secret_is_known_for_redaction_and_none_shows_in_the_settings_text() -> None:
    settings = load(
        {
            "IMAGE_API_KEY": CANARY,
            "OPENAI_API_KEY": "sk-unused-canary-1",
            "DISCORD_BOT_TOKEN": "discord-canary-1",
            "SLACK_SIGNING_SECRET": "slack-canary-1",
            "IMAGE_PROXY": "http://me:proxy%2Dcanary-1@proxy:3128",
            "AWS_SECRET_ACCESS_KEY": "aws-canary-1",
        }
    )
    secrets = settings.secrets()
    for secret in (
        CANARY,
        "sk-unused-canary-1",
        "discord-canary-1",
        "slack-canary-1",
        "proxy%2Dcanary-1",
        "proxy-canary-1",
        "aws-canary-1",
    ):
        assert secret in secrets
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings)


def test_settings_cannot_be_changed_after_the_start() -> None:
    with pytest.raises(Exception, match="frozen"):
        load({}).max_attempts = 9  # type: ignore[misc]


def test_every_setting_is_explained_and_every_explanation_has_a_setting() -> None:
    explained = {key.removeprefix("settings.about.") for key in keys("settings.about.")}
    assert explained == KNOWN
    assert set(VARIABLES) <= KNOWN
    assert has("settings.whole")
    assert set(VARIABLES.values()) <= set(Settings.model_fields)
