import { expect, it } from "vitest";
import { createHostModel } from "../../../src/core/gpu/hostModel";
import { disksSource } from "../../../src/core/gpu/probe";

const beat = { kind: "host", uptime: "10 5", load: "0 0 0", memory: [] } as const;

function modelWithDisks() {
  const model = createHostModel("lab1", []);
  model.take({ kind: "ran", source: disksSource, exitCode: 0 });
  return model;
}

it("a report is whole once the host has told its facts, the user's name the last of them", () => {
  const model = modelWithDisks();
  model.take({ kind: "fact", name: "hostname", value: "lab1" });
  model.take(beat);
  expect(model.isWhole()).toBe(false);
  model.take({ kind: "fact", name: "user", value: "alice" });
  expect(model.isWhole()).toBe(true);
});

it("a host that cannot say who its user is is not waited for for ever", () => {
  const model = modelWithDisks();
  for (let count = 0; count < 4; count++) {
    expect(model.isWhole()).toBe(false);
    model.take(beat);
  }
  expect(model.isWhole()).toBe(true);
});
