import { celsius, memory, percent, plainText, timeOfDay, watts } from "../lib/format";
import { summaries, type Window } from "./chartData";

/** The charts in text: one line a part of the range, newest first. */
export function ChartTable({ window, minutes, me }: { window: Window; minutes: number; me: string | undefined }) {
  const lines = minutes === 1 ? 6 : 10;
  const names = window.users.map((user) => (user.name === me ? "you" : plainText(user.name, 24)));
  return (
    <div class="scroller">
      <table class="table">
        <caption>
          Last {minutes} min in steps of {(minutes * 60) / lines} s: averages, and the highest temperature
        </caption>
        <thead>
          <tr>
            <th scope="col">Until</th>
            <th scope="col" data-numeric="true">
              Utilization
            </th>
            <th scope="col" data-numeric="true">
              Memory
            </th>
            {names.map((name, place) => (
              <th key={window.users[place]?.name} scope="col" data-numeric="true">
                {name}
              </th>
            ))}
            <th scope="col" data-numeric="true">
              Power
            </th>
            <th scope="col" data-numeric="true">
              Temperature
            </th>
            <th scope="col" data-numeric="true">
              Held down
            </th>
          </tr>
        </thead>
        <tbody>
          {summaries(window, lines).map((line, place) => (
            <tr key={place}>
              <th scope="row">{timeOfDay(line.to)}</th>
              <td data-numeric="true">{percent(line.utilization)}</td>
              <td data-numeric="true">{memory(line.memory)}</td>
              {line.users.map((bytes, user) => (
                <td key={window.users[user]?.name} data-numeric="true">
                  {memory(bytes)}
                </td>
              ))}
              <td data-numeric="true">{watts(line.power)}</td>
              <td data-numeric="true">{celsius(line.temperature)}</td>
              <td data-numeric="true">{percent(line.throttled)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
