import type { MetricSeries } from "../../src/shared/jobPanel";
import { plainText } from "../lib/format";
import { tableRows } from "./metricData";
import { metricValue } from "./words";

const ROWS = 20;

/** The series in text: the newest values first, evenly chosen where there are many. */
export function MetricTable({ series }: { series: readonly MetricSeries[] }) {
  return (
    <div class="metric-tables">
      {series.map((one) => (
        <table key={one.name} class="table">
          <caption>
            {plainText(one.name, 60)}, {one.points.length} {one.points.length === 1 ? "value" : "values"}
            {one.points.length > ROWS && `, ${ROWS} of them`}
          </caption>
          <thead>
            <tr>
              <th scope="col">{{ step: "Step", epoch: "Epoch", count: "Value" }[one.axis]}</th>
              <th scope="col" data-numeric="true">
                {plainText(one.name, 60)}
              </th>
            </tr>
          </thead>
          <tbody>
            {tableRows(one, ROWS).map(([at, value], place) => (
              <tr key={place}>
                <th scope="row">{at}</th>
                <td data-numeric="true">{typeof value === "number" ? metricValue(value) : value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}
