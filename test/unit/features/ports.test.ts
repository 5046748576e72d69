import { expect, it } from "vitest";
import type { Forward } from "../../../src/core/forwards/forward";
import { portWords } from "../../../src/features/ports/portWords";
import { targetGroups, typedChoice } from "../../../src/features/ports/targetChoices";

const forward = (more: Partial<Forward> = {}): Forward => ({
  id: 1,
  host: { name: "lab1" },
  target: { host: "localhost", port: 6006 },
  localPort: 8123,
  state: { kind: "listening" },
  connections: 0,
  sentBytes: 0,
  receivedBytes: 0,
  ...more,
});
const refused = { reason: "forwardRefused", host: "lab1", target: "localhost:6006", detail: "" } as const;
const prohibited = { reason: "forwardProhibited", host: "lab1" } as const;

it.each([
  [forward(), "6006 → localhost:8123", "", "circle-outline"],
  [
    forward({ label: "TensorBoard", connections: 1 }),
    "6006 → localhost:8123",
    "TensorBoard, 1 connection",
    "circle-filled",
  ],
  [forward({ state: { kind: "waiting" } }), "6006 → localhost:8123", "waits for lab1", "sync"],
  [forward({ lastProblem: refused }), "6006 → localhost:8123", "nobody listens there", "warning"],
  [forward({ state: { kind: "failed", problem: prohibited } }), "6006", "not allowed by lab1", "warning"],
] as const)("a row says how the forward stands: %#", (one, label, description, icon) => {
  expect(portWords(one)).toMatchObject({ label, description, icon });
});

it("a row's hover text and what a screen reader hears name both ends and the whole reason", () => {
  const words = portWords(forward({ lastProblem: refused, receivedBytes: 12_345_678, sentBytes: 900 }));
  expect(words.tooltip).toContain("Remote port 6006 of lab1 forwarded to local address localhost:8123");
  expect(words.tooltip).toContain("lab1 could not connect to localhost:6006.");
  expect(words.tooltip).toContain("12 MB received, 900 B sent");
  expect(words.spoken).toBe("Port 6006 of lab1, forwarded to localhost:8123, nobody listens there");
});

it("offers what listens, the config's lines and the usual ports, nothing twice, and says what is forwarded already", () => {
  const at = (port: number) => ({ host: "localhost", port });
  const groups = targetGroups({
    host: "lab1",
    listeners: [
      { target: at(3000), mine: true },
      { target: at(8888), mine: true },
      { target: at(22), mine: false },
    ],
    configured: [{ bind: { port: 16006 }, target: { host: "127.0.0.1", port: 6006 } }],
    forwards: [forward({ target: at(8888), localPort: 8889 })],
  });
  const shown = groups.map(({ title, choices }) => [
    title,
    choices.map(({ target, description }) => `${target.port} ${description}`),
  ]);
  expect(shown).toEqual([
    ["Your processes on lab1", ["8888 Jupyter, forwarded to localhost:8889", "3000 "]],
    ["From your ssh config", ["6006 TensorBoard, to localhost:16006"]],
    ["Usual ports", ["8265 Ray dashboard", "8000 web server", "8080 web server"]],
    ["Others on lab1", ["22 "]],
  ]);
});

it("takes any port that is typed", () => {
  expect(typedChoice("gpu-07:6006")).toMatchObject({ target: { host: "gpu-07", port: 6006 }, label: "TensorBoard" });
  expect(typedChoice("nonsense")).toBeUndefined();
});
