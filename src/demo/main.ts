import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { startFleet } from "./fleet";
import { FaultRequestSchema } from "./protocol";

/**
 * The demo fleet as a process: prints one line of JSON when it is up, obeys fault requests on its standard input,
 * and ends with everything it started when that closes.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hosts: { type: "string" },
      seed: { type: "string" },
      state: { type: "string" },
      recorded: { type: "boolean" },
    },
  });
  const fleet = await startFleet({
    ...(values.hosts === undefined ? {} : { hosts: wholeNumber(values.hosts) }),
    ...(values.seed === undefined ? {} : { seed: wholeNumber(values.seed) }),
    ...(values.state === undefined ? {} : { stateFolder: values.state }),
    ...(values.recorded === undefined ? {} : { recorded: values.recorded }),
  });
  const stop = () => {
    fleet.dispose();
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.stdout.on("error", stop);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => print({ ok: obey(line) }));
  lines.on("close", stop);
  const { configFile, knownHostsFile, hosts, recorded } = fleet;
  print({ configFile, knownHostsFile, hosts, recorded });

  function obey(line: string): boolean {
    const request = v.safeParse(v.pipe(v.string(), v.parseJson(), FaultRequestSchema), line);
    if (!request.success) return false;
    return fleet.fault(request.output.host, request.output.fault, request.output.gpu);
  }
}

function wholeNumber(text: string): number {
  return v.parse(v.pipe(v.string(), v.digits(), v.transform(Number), v.maxValue(100_000)), text);
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

void main();
