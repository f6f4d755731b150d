"""`imagine-bot evidence` on the ledger of a real bot, while it runs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import Ended
from tests.world import BAD_KEY, bad, world


async def test_the_last_failure_and_a_named_request_become_a_file(tmp_path: Path, imagine_bot: Callable[..., Ended]) -> None:
    async with world(tmp_path / "data") as here:
        none = imagine_bot("evidence", "--last-failure", IMAGE_API_KEY="sk-test-0123456789abcdef", STATUS_PAGE="off")
        assert (none.code, none.err) == (1, "imagine-bot: No request has failed yet, so there's nothing to collect.\n")
        here.service.script.append(bad(BAD_KEY))
        failed = await here.imagine("a private picture of somebody's garden")
        await here.answer(failed)
        made = imagine_bot("evidence", "--last-failure", IMAGE_API_KEY="sk-test-0123456789abcdef", STATUS_PAGE="off")
        again = imagine_bot("evidence", failed)
    assert (made.code, again.code) == (0, 0), made.err
    paths = [Path(one.out.strip()) for one in (made, again)]
    assert len(set(paths)) == 2
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            assert json.loads(archive.read("evidence.json"))["failure"]["kind"] == "auth_invalid_key"
        assert path.parent.stat().st_mode & 0o077 == 0
    assert failed in again.err
    assert imagine_bot("evidence", "nosuchrequest2345").code == 1
    assert imagine_bot("evidence", failed, "--last-failure").code == 2
