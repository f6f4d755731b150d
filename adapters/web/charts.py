"""Options of the dashboard's charts, for light and dark. Pure; every chart also has its numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ChartOptions = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme, each with enough contrast to the ground it's drawn on."""

    text: str
    line: str
    series: tuple[str, ...]


LIGHT = Palette("#1b2030", "#dfe2ea", ("#0f6b3f", "#b3261e", "#8a4b00", "#4338ca", "#0b6e8f", "#8a3ffc", "#596174"))
DARK = Palette("#e9ebf1", "#2c313d", ("#6fd3a0", "#ff9d94", "#f2b765", "#b4b1fb", "#6cc5e6", "#d0a9ff", "#a6adbd"))


def stacked(
    times: Sequence[str], series: Mapping[str, Sequence[float]], palette: Palette, colours: Mapping[str, int] | None = None
) -> ChartOptions:
    """Bars on top of each other, one series for each name. `colours`: the palette's colour of those that always have the same."""
    bars: list[ChartOptions] = [
        {"name": name, "type": "bar", "stack": "all", "data": list(values), "barMaxWidth": 28} for name, values in series.items()
    ]
    for bar in bars:
        if colours is not None and bar["name"] in colours:
            bar["itemStyle"] = {"color": palette.series[colours[bar["name"]]]}
    return {**_frame(times, palette), "series": bars}


def lines(times: Sequence[str], series: Mapping[str, Sequence[float | None]], palette: Palette, unit: str) -> ChartOptions:
    """Lines over time; gaps where there are no values."""
    drawn = [{"name": name, "type": "line", "data": list(values), "showSymbol": True, "symbolSize": 5} for name, values in series.items()]
    frame = _frame(times, palette)
    frame["yAxis"]["axisLabel"] = {"color": palette.text, "formatter": "{value} " + unit}
    return {**frame, "series": drawn}


def ranked(names: Sequence[str], values: Sequence[float], palette: Palette, colour: int = 1) -> ChartOptions:
    """Horizontal bars, the longest on top."""
    frame = _frame([], palette)
    frame["xAxis"] = {"type": "value", "minInterval": 1, "axisLabel": {"color": palette.text}, "splitLine": _grid(palette)}
    frame["yAxis"] = {
        "type": "category",
        "inverse": True,
        "data": list(names),
        "axisLabel": {"color": palette.text, "width": 150, "overflow": "truncate"},
    }
    bar = {"type": "bar", "data": list(values), "barMaxWidth": 22, "itemStyle": {"color": palette.series[colour]}}
    return {**frame, "legend": {"show": False}, "series": [{**bar, "label": {"show": True, "position": "right", "color": palette.text}}]}


def _frame(times: Sequence[str], palette: Palette) -> ChartOptions:
    return {
        "animation": False,
        "color": list(palette.series),
        "backgroundColor": "transparent",
        "textStyle": {"color": palette.text, "fontFamily": "system-ui, sans-serif"},
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"bottom": 0, "type": "scroll", "textStyle": {"color": palette.text}, "pageTextStyle": {"color": palette.text}},
        "grid": {"left": 28 if times else 8, "right": 34, "top": 12, "bottom": 34, "containLabel": True},
        "xAxis": {"type": "category", "data": list(times), "axisLabel": {"color": palette.text, "hideOverlap": True}},
        "yAxis": {"type": "value", "axisLabel": {"color": palette.text}, "splitLine": _grid(palette)},
    }


def _grid(palette: Palette) -> ChartOptions:
    return {"lineStyle": {"color": palette.line}}
