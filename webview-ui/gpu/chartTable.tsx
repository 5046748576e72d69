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
            <th scope="col">Utilization</th>
            <th scope="col">Memory</th>
            {names.map((name, place) => (
              <th key={window.users[place]?.name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Power</th>
            <th scope="col">Temperature</th>
            <th scope="col">Held down</th>
          </tr>
        </thead>
        <tbody>
          {summaries(window, lines).map((line, place) => (
            <tr key={place}>
              <th scope="row">{timeOfDay(line.to)}</th>
              <td>{percent(line.utilization)}</td>
              <td>{memory(line.memory)}</td>
              {line.users.map((bytes, user) => (
                <td key={window.users[user]?.name}>{memory(bytes)}</td>
              ))}
              <td>{watts(line.power)}</td>
              <td>{celsius(line.temperature)}</td>
              <td>{percent(line.throttled)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
