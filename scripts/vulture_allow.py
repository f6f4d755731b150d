"""Names that are used from outside the code vulture can see (frameworks, tests, adapters of others). Each line says by whom."""

# uvicorn looks for the one and reads the other: the web chat's server (adapters/web/server.py).
assert callable(lambda server: (server.capture_signals, server.should_exit))

# discord.py calls these by name, with these arguments, or reads them (adapters/discord).
assert callable(lambda it: (it.from_custom_id, it.setup_hook, it.before_identify_hook, it.on_connect, it.on_interaction, it.on_error))
assert callable(lambda it: (it.on_guild_channel_update, it.on_guild_role_update, it.interaction_check, it.kwargs, it.shard_id, it.initial))
assert callable(lambda it: (it.BASE, it.DEFAULT_GATEWAY, it.warn_dave, it.warn_nacl, it.allowed_contexts, it.default_permissions))
