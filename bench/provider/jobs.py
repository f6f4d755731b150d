"""The jobs of a scenario, the same for every client: bursts, uniform trickles, Poisson arrivals, special kinds."""

from __future__ import annotations

import random
from typing import Any

Job = dict[str, Any]


def make_jobs(scenario: dict[str, Any], seed: int) -> list[Job]:
    """In order of submission."""
    luck, out = random.Random(f"{seed}:jobs"), []
    for group in scenario["jobs"]:
        t = group.get("from", 0.0)
        for i in range(group["count"]):
            if "at" in group:
                t = group["at"][i]
            elif "over" in group:
                if group.get("poisson"):
                    t += luck.expovariate(group["count"] / group["over"])
                else:
                    t = group.get("from", 0.0) + luck.uniform(0, group["over"])
            user = group["user"]
            if group.get("users"):
                user = f"{user}{luck.randrange(group['users'])}"
            elif group.get("each"):
                user = f"{user}{i}"
            out.append(
                {
                    "user": user,
                    "submit_at": round(t, 3),
                    "kind": group.get("kind", "ok"),
                    "role": group.get("role", "any"),
                    "deadline_s": scenario.get("deadline_s", 900),
                }
            )
    out.sort(key=lambda job: job["submit_at"])
    for i, job in enumerate(out):
        job["id"] = f"j{i:03d}"
        job["prompt"] = f"[job:{job['id']}] a red bicycle by the sea, view {i}"
        job["size"] = "999x999" if job["kind"] == "badparam" else "1024x1024"
    return out


def public_view(jobs: list[Job]) -> list[Job]:
    """What a client may see (not the kind)."""
    return [{key: job[key] for key in ("id", "user", "prompt", "size", "submit_at", "deadline_s")} for job in jobs]
