import type { ReadonlySignal } from "@preact/signals";
import type { JobMetrics, MetricSeries } from "../../src/shared/jobPanel";
import { hasEnded } from "../../src/shared/jobs";
import { plainText } from "../lib/format";
import { IconButton } from "../lib/icon";
import type { Palette } from "../lib/theme";
import { MetricChartView } from "./metricChartView";
import { MetricTable } from "./metricTable";
import type { Store } from "./store";
import { fileSize } from "./words";

/** Series found in the output, a chart each, or all as a table. */
export function MetricsTab({ store, palette }: { store: Store; palette: ReadonlySignal<Palette> }) {
  const metrics = store.metrics.value;
  const { hidden, metricsAsTable } = store.view;
  if (!metrics || metrics.series.length === 0) return <NoMetrics store={store} metrics={metrics} />;
  const shown = metrics.series.filter(({ name }) => !hidden.value.includes(name));
  return (
    <div class="metrics">
      <Choices store={store} series={metrics.series} />
      {metrics.from > 0 && (
        <p class="muted">
          From the output behind the first {fileSize(metrics.from)}; what was printed before was not read.
        </p>
      )}
      {metricsAsTable.value ? (
        <MetricTable series={shown} />
      ) : (
        <div class="metric-charts">
          {shown.map((series) => (
            <MetricChartView key={series.name} series={series} store={store} palette={palette} />
          ))}
        </div>
      )}
      {shown.length === 0 && <p class="hint">All series are hidden. Tick one above to see it.</p>}
    </div>
  );
}

function Choices({ store, series }: { store: Store; series: readonly MetricSeries[] }) {
  const { hidden, logScale, smoothing, metricsAsTable } = store.view;
  const toggle = (name: string) => {
    const without = hidden.value.filter((one) => one !== name);
    hidden.value = without.length === hidden.value.length ? [...without, name] : without;
  };
  return (
    <div class="metric-choices">
      <fieldset class="series-choice">
        <legend class="visually-hidden">Series</legend>
        {series.map(({ name }) => (
          <label key={name}>
            <input type="checkbox" checked={!hidden.value.includes(name)} onChange={() => toggle(name)} />
            <span class="foreign">{plainText(name, 60)}</span>
          </label>
        ))}
      </fieldset>
      <div class="metric-look">
        <label>
          <input
            type="checkbox"
            checked={logScale.value}
            onChange={() => {
              logScale.value = !logScale.value;
            }}
          />
          Logarithmic
        </label>
        <label>
          Smoothing
          <input
            type="range"
            min={0}
            max={0.98}
            step={0.02}
            value={smoothing.value}
            onInput={(event) => {
              smoothing.value = event.currentTarget.valueAsNumber;
            }}
          />
        </label>
        <IconButton
          icon="table"
          label="Show as table"
          pressed={metricsAsTable.value}
          onClick={() => {
            metricsAsTable.value = !metricsAsTable.value;
          }}
        />
      </div>
    </div>
  );
}

function NoMetrics({ store, metrics }: { store: Store; metrics: JobMetrics | undefined }) {
  const job = store.panel.value?.job;
  const ended = job !== undefined && hasEnded(job);
  return (
    <section class="empty" aria-labelledby="no-metrics">
      <h2 id="no-metrics">{metrics && ended ? "No metrics were found in the output" : "No metrics yet"}</h2>
      <p>
        Numbers that the program prints become charts by themselves: <code>loss: 0.123</code>, <code>acc=0.91</code>,{" "}
        <code>{"{'loss': 0.5, 'learning_rate': 5e-05}"}</code>.
      </p>
    </section>
  );
}
