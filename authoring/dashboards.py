"""Writes `dashboards/*.json` from the catalog: `python -m authoring.dashboards`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from grafana_foundation_sdk.builders import (
    common,
    dashboard,
    prometheus,
    statetimeline,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as grafana

from authoring import thresholds
from catalog.alert_rules import AlertRule, read_alert_rules
from catalog.channels import read_channels
from catalog.dashboards import Dashboard, Line, Panel, read_dashboards
from catalog.metrics import MetricsCatalog, Sli, read_metrics
from catalog.problems import InvalidFilesError, load
from catalog.reading import read_yaml

CHECKOUT = Path(__file__).parent.parent
FOLDER = CHECKOUT / "dashboards"
PROJECT_TAG = "waqiti"

# Grafana's names of our units; a count has none.
_UNITS = {"seconds": "s", "ratio": "percentunit", "state": "none"}
_COUNTED = "short"
_DECIMALS = {"seconds": 2, "ratio": 2}
_STATE_COLOURS = (thresholds.HEALTHY, thresholds.LOOK, thresholds.PAGED)

_WIDTH = 24  # Grafana's columns
_HEIGHT = 9
_REF_IDS = "ABCDEF"
_SCRAPE_INTERVAL = "15s"  # a requirement of alert_rules/README.md
_DATASOURCE = grafana.DataSourceRef(type_val="prometheus", uid="${datasource}")
# The soft limit of an axis, as a multiple of the farthest threshold.
_MARGIN = 1.2

_Builder = timeseries.Panel | statetimeline.Panel


class Author:
    """
    Builds dashboards.

    Args:
        metrics: The SLIs that panels show.
        alerts: The alert rules that use the SLIs.
        runbook_base_url: The address at which people read the folder `runbooks/`.
    """

    def __init__(
        self, metrics: MetricsCatalog, alerts: Sequence[AlertRule], runbook_base_url: str
    ) -> None:
        self._metrics = metrics
        self._alerts = alerts
        self._runbooks = runbook_base_url

    def write(self, uid: str, board: Dashboard) -> str:
        """Return the text of one dashboard's file."""
        built = (
            dashboard.Dashboard(board.title)
            .uid(uid)
            .description(board.description)
            .tags([PROJECT_TAG])
            .readonly()
            .time("now-3h", "now")
            .refresh("30s")
            .tooltip(grafana.DashboardCursorSync.CROSSHAIR)
            .with_variable(
                dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus")
            )
            .link(
                dashboard.DashboardLink("Waqiti")
                .type(grafana.DashboardLinkType.DASHBOARDS)
                .tags([PROJECT_TAG])
                .as_dropdown(True)
                .include_vars(True)
                .keep_time(True)
            )
        )
        for position, panel in enumerate(board.panels):
            alone = position == len(board.panels) - 1 and position % 2 == 0
            built.with_panel(
                self._panel(panel).id(position + 1).span(_WIDTH if alone else _WIDTH // 2)
            )
        data = json.loads(json.dumps(built.build(), cls=JSONEncoder))
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def _panel(self, panel: Panel) -> _Builder:
        slis = [self._metrics.slis[line.sli] for line in panel.lines]
        (unit,) = {sli.unit for sli in slis}
        found = [
            bound.of_complement() if line.complement else bound
            for line, sli in zip(panel.lines, slis, strict=True)
            for bound in thresholds.bounds(sli, self._alerts)
        ]
        steps = thresholds.steps(found)
        built = _states(slis[0].states) if unit == "state" else _curves(steps)
        for ref_id, line, sli in zip(_REF_IDS, panel.lines, slis, strict=False):
            built.with_target(_query(line, sli, ref_id))
        return (
            built.title(panel.title)
            .description(panel.description)
            .datasource(_DATASOURCE)
            .height(_HEIGHT)
            .interval(_SCRAPE_INTERVAL)
            .unit(_UNITS.get(unit, _COUNTED))
            .decimals(_DECIMALS.get(unit, 0))
            .no_value("no data")
            .links(
                [
                    dashboard.DashboardLink(f"Runbook: {page}")
                    .url(f"{self._runbooks}/{page}.md")
                    .target_blank(True)
                    for page in dict.fromkeys(sli.runbook for sli in slis)
                ]
            )
            .thresholds(
                dashboard.ThresholdsConfig().steps(
                    [grafana.Threshold(value=number, color=colour) for number, colour in steps]
                )
            )
        )


def _query(line: Line, sli: Sli, ref_id: str) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .ref_id(ref_id)
        .datasource(_DATASOURCE)
        .expr(f"1 - ({sli.expr})" if line.complement else sli.expr)
        .legend_format(line.legend)
        .range()
    )


def _curves(steps: Sequence[tuple[float | None, str]]) -> timeseries.Panel:
    built = (
        timeseries.Panel()
        .line_width(2)
        .fill_opacity(5)
        .show_points(looks.VisibilityMode.NEVER)
        .tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI))
        .legend(_legend(looks.LegendDisplayMode.TABLE).calcs(["lastNotNull", "max"]))
    )
    numbers = [number for number, _ in steps if number is not None]
    if not numbers:
        return built.axis_soft_min(0)
    built.thresholds_style(
        common.GraphThresholdsStyleConfig().mode(looks.GraphThresholdsStyleMode.DASHED_AND_AREA)
    )
    if steps[0][1] == thresholds.HEALTHY:
        return built.axis_soft_min(0).axis_soft_max(round(numbers[-1] * _MARGIN, 10))
    beyond = round(1 - (1 - numbers[0]) * _MARGIN, 10)
    return built.axis_soft_min(beyond).axis_soft_max(1)


def _states(states: Sequence[str]) -> statetimeline.Panel:
    mapped = {
        str(number): grafana.ValueMappingResult(
            text=state.replace("_", " ").capitalize(), color=colour, index=number
        )
        for number, (state, colour) in enumerate(zip(states, _STATE_COLOURS, strict=True))
    }
    return (
        statetimeline.Panel()
        .mappings([grafana.ValueMap(options=mapped)])
        .merge_values(True)
        .show_value(looks.VisibilityMode.AUTO)
        .row_height(0.8)
        .legend(_legend(looks.LegendDisplayMode.LIST))
    )


def _legend(mode: looks.LegendDisplayMode) -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .show_legend(True)
        .display_mode(mode)
        .placement(looks.LegendPlacement.BOTTOM)
    )


def runbook_base_url(checkout: Path = CHECKOUT) -> str:
    """Return prod's address of the runbooks; settings refuse any stack whose address differs."""
    stack = load(lambda found: read_yaml(checkout / "Pulumi.prod.yaml", found))
    return str(stack["config"]["waqiti:monitoring"]["runbook_base_url"])


def written() -> Mapping[str, str]:
    """Return the text of every dashboard's file by file name."""
    files = load(lambda found: read_alert_rules(found, read_channels(found)))
    rules = [rule for file in files.values() for rule in file.rules]
    author = Author(read_metrics(), rules, runbook_base_url())
    return {f"{uid}.json": author.write(uid, board) for uid, board in read_dashboards().items()}


def main() -> int:
    """Write every dashboard's file; return 2 if a file that people write is wrong."""
    try:
        files = written()
    except InvalidFilesError as problems:
        sys.stderr.write(f"{problems}\n")
        return 2
    for file in FOLDER.glob("*.json"):
        if file.name not in files:
            file.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
