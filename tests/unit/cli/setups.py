"""Broken set-ups, what the bot must name first in each, and the command that says so: data for the test and for the docs.

`tests/unit/cli/test_setups.py` makes each one on this machine and runs the command; `scripts/pages/troubleshooting.py` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setup:
    """One set-up that is broken in one way."""

    name: str
    """Also the name of the function that makes it."""
    broken: str
    """For the docs."""
    layer: str
    """The layer that must be named as the likely cause; empty if the command isn't doctor or nothing is wrong."""
    first: str
    """What was checked where it must stop; `run` for a start that ends."""
    says: str
    """In the first sentence."""
    fix: str
    """In what it says to do."""
    command: str = "imagine-bot doctor"


SPEND = "imagine-bot doctor --spend"

SETUPS = (
    Setup("wrong_key", "the key is wrong", "key", "Image service", "answered with status 401", "Compare IMAGE_API_KEY with the key"),
    Setup("quoted_key", "the key stands in quotes", "", "", "", "Quotes around a value are ignored; doctor finds nothing wrong."),
    Setup("half_quoted_key", "a quote was copied with the key", "configuration", "Settings", "IMAGE_API_KEY", "without the quotation mark"),
    Setup(
        "newline_key", "the key has a line break in it", "configuration", "Settings", "contains a space, a line break", "Copy just the key"
    ),
    Setup("revoked_key", "the key was revoked", "key", "Image service", "answered with status 401", "Is the key active there"),
    Setup("wrong_path", "the address leads to another API", "configuration", "Smallest picture", "status 404", "IMAGE_BASE_URL", SPEND),
    Setup("without_v1", "the address lacks /v1", "configuration", "Image service", "lacks the end of its path", "Set IMAGE_BASE_URL to"),
    Setup("text_only_key", "the key is for text only", "key", "Smallest picture", "status 403", "permission", SPEND),
    Setup("unknown_model", "the service doesn't have the model", "model", "Model", "doesn't have gpt-imagine-2", "such as gpt-image-2"),
    Setup("model_shut_down", "the model was shut down", "model", "Model", "was shut down on", "Set IMAGE_MODEL to another"),
    Setup("size_not_allowed", "the model refuses the size", "model", "Smallest picture", "status 400", "size", SPEND),
    Setup("no_quota", "the account has no credit", "key", "Smallest picture", "status 429", "billing", SPEND),
    Setup("dns", "the name doesn't resolve", "network", "Name (DNS)", "couldn't be reached: its name", "nslookup"),
    Setup("tcp", "nothing listens on the port", "network", "Port (TCP)", "refuses connections", "Check host and port in IMAGE_BASE_URL"),
    Setup("tls", "the certificate is self-signed", "network", "Encryption (TLS)", "no secure connection", "IMAGE_CA_FILE"),
    Setup("proxy", "the proxy refuses the service", "network", "Proxy", "refuses to connect to", "Have its administrator allow"),
    Setup("proxy_login", "the proxy wants a login", "network", "Proxy", "asks for a login", "USER:PASSWORD@"),
    Setup("captive", "a network's login page answers", "network", "Image service", "came instead of", "log in there"),
    Setup("website", "the address is a website", "configuration", "Image service", "a web page", "usually ends in /v1"),
    Setup("clock", "the clock is off by a day", "machine", "Clock", "seconds off", "timedatectl"),
    Setup("disk_full", "the disk is full", "machine", "Data folder", "Only 0.1 GB free", "Free up space"),
    Setup("database_locked", "another program locks the database", "machine", "Database", "is locked by another program", "process"),
    Setup("database_damaged", "the database is damaged", "machine", "Database", "damaged", "backup"),
    Setup("read_only", "the data folder can't be written", "machine", "Data folder", "isn't writable", "permission"),
    Setup("two_processes", "a bot already runs on the folder", "", "run", "is already using", "Stop it first", "imagine-bot run"),
    Setup(
        "discord_token", "the Discord token is wrong", "platform", "Discord token", "doesn't accept DISCORD_BOT_TOKEN", "Reset the token"
    ),
    Setup("discord_intent", "Discord refuses an intent", "", "run", "an intent that isn't enabled", "update the bot", "imagine-bot run"),
    Setup(
        "discord_permission", "a permission lacks in the channel", "platform", "MODERATOR_CHANNEL_DISCORD", "lacks Send Messages", "lacks"
    ),
    Setup("discord_channel", "the Discord channel doesn't exist", "platform", "MODERATOR_CHANNEL_DISCORD", "123456789012345678", "channel"),
    Setup("slack_swapped", "Slack's two tokens are swapped", "configuration", "Settings", "SLACK_BOT_TOKEN", "xoxb-"),
    Setup("slack_scope", "a Slack scope is missing", "platform", "Slack scopes", "files:read", "manifest"),
    Setup("slack_not_in_channel", "the bot isn't in the Slack channel", "platform", "Slack channel", "MODERATOR_CHANNEL_SLACK", "/invite"),
    Setup("incident", "the service has an incident", "service", "Image service", "status 503", "no capacity right now"),
    Setup("utf16", "the settings file is UTF-16", "configuration", "Settings", "isn't a UTF-8 text file", "Save it as UTF-8"),
    Setup(
        "windows_lines", "the settings file has Windows line ends and a BOM", "", "", "", "Both are ignored; doctor finds nothing wrong."
    ),
    Setup("comment_behind", "a comment follows a value", "", "", "", "It's ignored; doctor finds nothing wrong."),
    Setup("set_twice", "a setting stands twice in the file", "key", "Image service", "answered with status 401", "is set twice in"),
    Setup(
        "old_key_in_environment",
        "the environment has an older key than the file",
        "key",
        "Image service",
        "answered with status 401",
        "the environment wins",
    ),
    Setup(
        "wrong_name",
        "a setting has another name",
        "configuration",
        "Settings",
        "IMAGE_API_BASE_URL isn't a setting",
        "Did you mean IMAGE_BASE_URL",
    ),
    Setup("file_is_folder", "the settings file is a folder", "configuration", "Settings", "can't be read", "must be a file"),
    Setup("data_dir_is_file", "the data folder is a file", "configuration", "Data folder", "is a file", "DATA_DIR"),
    Setup("other_providers_key", "the key is another provider's", "configuration", "Settings", "OpenRouter", "openrouter.ai"),
    Setup("slack_token_as_key", "the key is a Slack token", "configuration", "Settings", "Slack", "IMAGE_API_KEY"),
    Setup("bearer", "the key begins with Bearer", "configuration", "Settings", "begins with", "just the key"),
    Setup("placeholder", "the key is still the example's", "configuration", "Settings", "placeholder", "Put the real key"),
    Setup(
        "invisible",
        "the key has an invisible character in it",
        "configuration",
        "Settings",
        "a character that no key has",
        "Copy just the key",
    ),
    Setup(
        "endpoint", "the address ends in /images/generations", "configuration", "Settings", "adds /images/generations itself", "Use http"
    ),
    Setup(
        "model_with_space",
        "the model's name has spaces",
        "configuration",
        "Settings",
        "gpt image 2",
        "Copy it from the service's model list",
    ),
    Setup("text_model_as_image_model", "the model writes text", "model", "Smallest picture", "status 400", "IMAGE_MODEL", SPEND),
    Setup("proxy_password", "the proxy's password is wrong", "network", "Proxy", "asks for a login", "USER:PASSWORD@"),
    Setup("ipv6_only", "the service has only IPv6, this machine has none", "network", "Port (TCP)", "IPv6", "IPv6"),
    Setup(
        "moved_to_https", "the address leads on to https", "configuration", "Image service", "https://", "Set IMAGE_BASE_URL to https://"
    ),
    Setup("expired_certificate", "the certificate has expired", "network", "Encryption (TLS)", "no secure connection", "has expired"),
    Setup(
        "certificate_of_another_host",
        "the certificate is another host's",
        "network",
        "Encryption (TLS)",
        "no secure connection",
        "different host name",
    ),
    Setup("inspected", "a company's proxy inspects the traffic", "network", "Encryption (TLS)", "no secure connection", "IMAGE_CA_FILE"),
    Setup("health_port_taken", "another program has the port for health checks", "machine", "Health checks", "in use", "HEALTH_PORT"),
    Setup("web_port_taken", "another program has the web chat's port", "machine", "Web chat", "used by another program", "WEB_PORT"),
    Setup("server_not_running", "PostgreSQL isn't running", "machine", "Database", "can't be reached", "PostgreSQL runs there"),
    Setup("server_password", "PostgreSQL's password is wrong", "machine", "Database", "doesn't accept this login", "DATABASE_URL"),
    Setup(
        "signing_secret_shape",
        "a token stands in place of Slack's signing secret",
        "configuration",
        "Settings",
        "SLACK_SIGNING_SECRET",
        "Signing Secret, Show",
    ),
    Setup(
        "refused_in_a_200",
        "a gateway refuses the key in an answer with status 200",
        "key",
        "Image service",
        "answered with status 200",
        "Compare IMAGE_API_KEY with the key",
    ),
    Setup("v1_twice", "the address ends in /v1/v1", "configuration", "Image service", "has a wrong path", "Set IMAGE_BASE_URL to http"),
    Setup("capital_v1", "the address ends in /V1", "configuration", "Image service", "has a wrong path", "Set IMAGE_BASE_URL to http"),
    Setup("responses_endpoint", "the address ends in /responses", "configuration", "Settings", "adds /responses itself", "Use http"),
    Setup(
        "chosen_model_missing",
        "the service lacks a model that members may choose",
        "model",
        "Model",
        "Members may choose gpt-image-9",
        "Correct IMAGE_MODELS",
    ),
    Setup(
        "pictures_elsewhere",
        "the host that pictures are kept on can't be reached",
        "network",
        "Smallest picture",
        "couldn't be downloaded",
        "Allow the hosts",
        SPEND,
    ),
    Setup("shortened_key", "the key is shortened with dots", "configuration", "Settings", "is a shortened key", "copy it whole"),
    Setup("starred_key", "the key is shortened with stars", "configuration", "Settings", "is a shortened key", "copy it whole"),
    Setup("admin_key", "the key is an administrator's", "configuration", "Settings", "an administrator's key", "Make a project's key"),
    Setup("fal_key", "the key is fal's", "configuration", "Settings", "the form of fal's keys", "IMAGE_SERVICE=fal"),
    Setup(
        "link_to_nowhere", "the data folder is a link to nowhere", "configuration", "Data folder", "a link to nowhere", "Correct the link"
    ),
    Setup("one_port_twice", "two settings have the same port", "configuration", "Settings", "are both 18090", "Choose another number"),
    Setup("at_sign_in_password", "DATABASE_URL's password has an @", "configuration", "Settings", "isn't a PostgreSQL address", "%40"),
    Setup("slash_in_password", "DATABASE_URL's password has a /", "configuration", "Settings", "isn't a PostgreSQL address", "%2F"),
    Setup("server_reads_only", "PostgreSQL can only be read", "machine", "Database", "can only be read", "the primary server"),
    Setup("server_without_rights", "the user may not create tables", "machine", "Database", "isn't allowed", "Make it the owner"),
)
