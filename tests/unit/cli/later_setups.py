"""What is broken in the set-ups that were found last: other people's keys, addresses one part too long, databases that can only be read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.postgres import binaries, cluster
from tests.unit.cli.conftest import KEY

OPENAI = "https://api.openai.com/v1"


class LaterSetups:
    """Each returns what it adds to the environment."""

    service: Any
    folder: Path
    stack: ExitStack
    platform: Any

    # ---- the image service

    def refused_in_a_200(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = (200, {"code": 401, "msg": "无效的令牌", "data": None})
        return {}

    def v1_twice(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": f"{self.service.address}/v1"}

    def capital_v1(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": f"{self.service.address.removesuffix('/v1')}/V1"}

    def responses_endpoint(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": f"{self.service.address}/responses"}

    def chosen_model_missing(self) -> Mapping[str, str]:
        return {"IMAGE_MODELS": "gpt-image-2,gpt-image-9"}

    def pictures_elsewhere(self) -> Mapping[str, str]:
        self.service.answers["/v1/images/generations"] = (200, {"data": [{"url": "https://pictures.does-not-exist.invalid/a.png"}]})
        return {}

    # ---- the key

    def shortened_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f"{KEY[:9]}...{KEY[-4:]}"}

    def starred_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f"{KEY[:9]}********{KEY[-4:]}"}

    def admin_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": "sk-admin-canary" + "0a" * 24, "IMAGE_BASE_URL": OPENAI}

    def fal_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": "0a1b2c3d-1111-2222-3333-444455556666:" + "0a" * 16, "IMAGE_BASE_URL": OPENAI}

    # ---- this machine

    def link_to_nowhere(self) -> Mapping[str, str]:
        (self.folder / "pictures").symlink_to(self.folder / "disk" / "pictures")
        return {"DATA_DIR": str(self.folder / "pictures" / "data")}

    def one_port_twice(self) -> Mapping[str, str]:
        self.platform("web")
        return {"WEB_PORT": "18090", "HEALTH_PORT": "18090"}

    # ---- the database

    def at_sign_in_password(self) -> Mapping[str, str]:
        return {"DATABASE_URL": "postgresql://imagine:p@canary-pass@127.0.0.1:9/imagine"}

    def slash_in_password(self) -> Mapping[str, str]:
        return {"DATABASE_URL": "postgresql://imagine:p/canary-pass@127.0.0.1:9/imagine"}

    def server_reads_only(self) -> Mapping[str, str]:
        return self._server("ALTER DATABASE {} SET default_transaction_read_only = on")

    def server_without_rights(self) -> Mapping[str, str]:
        given = self._server("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
        return {"DATABASE_URL": given["DATABASE_URL"].replace("imagine@", "guest@", 1)}

    def _server(self, change: str) -> Mapping[str, str]:
        if not binaries.found():
            pytest.skip("there is no PostgreSQL here")
        made = cluster.create("template0")
        self.stack.callback(cluster.drop, made)
        with psycopg.connect(made.url, autocommit=True) as opened:
            opened.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            opened.execute(sql.SQL(change).format(sql.Identifier(made.database)))  # type: ignore[arg-type]
        return {"DATABASE_URL": made.url}
