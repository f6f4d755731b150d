"""The Grafana dashboard only asks for metrics that exist, and for every one that it should show."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.health.metrics import Metrics
from bot.health.verdict import HealthLimits, Pulse

DASHBOARD = Path(__file__).resolve().parents[3] / "deploy" / "grafana-dashboard.json"


def test_every_metric_of_the_dashboard_exists_and_nearly_every_metric_is_on_it() -> None:
    metrics = Metrics(Pulse(beat=0.0, written=0.0, last_exchange=0.0), lambda: 1.0, HealthLimits(), "0")
    known = set(re.findall(r"^# TYPE (\S+)", metrics.page().decode(), flags=re.MULTILINE))
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = {name for panel in board["panels"] for one in panel["targets"] for name in re.findall(r"imagine_\w+", one["expr"])}
    series = {name.removesuffix("_bucket") for name in asked}
    assert series <= known
    left = known - series - {"imagine_info", "imagine_loop_silent_seconds", "imagine_last_exchange_timestamp_seconds"}
    assert left == {"imagine_gate_changes_total", "imagine_notices_total"} | {
        f"imagine_gate_{name}" for name in ("failures_in_a_row", "latency_p50", "latency_p95")
    }
