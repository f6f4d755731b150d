"""Names used from outside the code that vulture sees; each line says by whom. Never imported or run."""

# ruff: noqa: B018, F821  # bare names are what vulture reads
async_issue, async_consume  # slack_sdk calls them
packed, use  # bench/classifier trains the learned reader and judges without it
COMPOSITION  # a reason that calls for nothing of its own
commits  # bench/core.py counts write transactions
provider_request  # bot/events/log_lines.py writes every field of an event
down_revision  # Alembic reads it
secrets_dir  # bot/settings/secret_files.py reads its variable
model_config  # pydantic reads it
settings_customise_sources  # pydantic-settings calls it
settings_cls, env_settings, dotenv_settings, file_secret_settings  # with these arguments
raiseExceptions  # the logging module reads it
row_factory, isolation_level  # sqlite3 reads them
__doc__  # typer shows it
init, doctor, sandbox, migrate_to_postgres  # bot/cli/main.py imports them by name
started_at  # when a batch was started, for those who look into the ledger
(
    from_custom_id,
    setup_hook,
    before_identify_hook,
    initial,
    shard_id,
    interaction_check,
    on_error,
    event_method,
    kwargs,
)  # discord.py calls them
BASE, DEFAULT_GATEWAY, __signature__, warn_dave, warn_nacl, allowed_contexts, default_permissions  # discord.py reads them
on_shard_connect, on_shard_resumed, on_shard_disconnect, launch_shard  # discord.py calls them for shards
(
    on_connect,
    on_resumed,
    on_disconnect,
    on_interaction,
    on_guild_channel_update,
    on_guild_available,
    on_guild_join,
    on_guild_remove,
    on_servers,
    on_guild_role_update,
)  # discord.py's events
capture_signals, should_exit  # uvicorn's server
dispatch  # slack_bolt's request handler calls it
estimated, replacement  # scripts/pages/models.py writes them into docs/models.md
MAX_TEXT_CHUNK  # Pillow reads it
(
    daemon_threads,
    block_on_close,
    address_family,
    server_bind,
    server_name,
    server_port,
    handle_error,
    client_address,
    protocol_version,
    server_version,
    sys_version,
    do_HEAD,
    close_connection,
    log_message,
)  # http.server reads and calls them
inherit_cache, constraint_target  # SQLAlchemy's compilers read them
scene, constraints  # bot/prompts/parts.py takes the parts by the names of its fields
(visit_INTEGER, visit_VARCHAR, visit_create_index, ddl_compiler, type_compiler_instance)  # SQLAlchemy's compilers for PostgreSQL
autocommit  # psycopg's connection
OPTIONAL  # the setting COMMUNITY_KEYS
