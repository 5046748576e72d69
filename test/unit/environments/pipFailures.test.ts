import { describe, expect, it } from "vitest";
import {
  pipFailures,
  problemByRules,
  scriptFailures,
  systemFailures,
} from "../../../src/core/environments/managers/commands/pipFailures";

const rules = [...scriptFailures, ...systemFailures, ...pipFailures];
const problem = (log: string, exitCode = 1) =>
  problemByRules(rules, { host: "lab1", title: "Creating train", exitCode, log });

describe("the exit codes of our scripts", () => {
  it.each([
    [41, { reason: "environmentExists", name: "/e/my: env" }],
    [42, { reason: "environmentProtected", name: "/e/my: env" }],
    [43, { reason: "managerMissing", host: "lab1", manager: "/e/my: env" }],
    [44, { reason: "environmentBroken", name: "/e/my: env" }],
    [45, { reason: "environmentBusy", name: "/e/my: env" }],
    [46, { reason: "hostNoSuchPath", path: "/e/my: env" }],
    [47, { reason: "environmentBroken", name: "/e/my: env" }],
    [48, { reason: "packageIndexUnreachable" }],
  ])("%i is a reason", (code, expected) => {
    const log = `No space left on device\ntensorline ${code}: /e/my: env: nothing was changed\n`;
    expect(problem(log, code)).toMatchObject(expected);
    expect(problem("", code)).toMatchObject({ reason: expected.reason });
  });
});

// Lines as pip 18, 22, 23, 24 and 26, virtualenv 20 and 21, uv 0.11, Debian's Python, coreutils and BusyBox print them.
describe("what tools say", () => {
  it.each([
    ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "hostDiskFull"],
    ["OSError: [Errno 122] Disk quota exceeded: '/home/ada/train/lib'", "hostQuotaExceeded"],
    ["mkdir: cannot create directory '/mnt/x': Read-only file system", "hostReadOnly"],
    [
      "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/opt/x'",
      "hostPermissionDenied",
    ],
    ["mkdir: can't create directory '/opt/x': Permission denied", "hostPermissionDenied"],
    ["error: externally-managed-environment\n\n× This environment is externally managed", "environmentProtected"],
    ["/usr/bin/python3: No module named pip", "managerMissing"],
    ["/usr/bin/python3: No module named venv", "managerMissing"],
    ["ensurepip is not available.  On Debian/Ubuntu systems, you need to install the python3-venv", "managerMissing"],
    [
      "Could not install packages due to an EnvironmentError: HTTPConnectionPool(host='h', port=1): Max retries exceeded with url: /simple/a/ (Caused by ResponseError('too many 503 error responses',))",
      "packageIndexUnreachable",
    ],
    [
      "  Could not fetch URL https://h/simple/a/: There was a problem confirming the ssl certificate: x - skipping\nERROR: No matching distribution found for a",
      "packageIndexUnreachable",
    ],
    ["error: Failed to fetch: `https://pypi.org/simple/a/`\n  Caused by: dns error", "packageIndexUnreachable"],
    ["ERROR: No matching distribution found for torhc", "packageNotFound"],
    [
      "  × No solution found when resolving dependencies:\n  ╰─▶ Because torhc was not found in the package registry and you require torhc, we can conclude that your requirements are unsatisfiable.",
      "packageNotFound",
    ],
    [
      "  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no version of a==9 and you require a==9, we can\n      conclude that your requirements are unsatisfiable.",
      "packageNotFound",
    ],
    [
      "  ╰─▶ Because beta==1.0 depends on alpha<2 and you require beta, we can conclude that alpha<2.",
      "packagesConflict",
    ],
    ["ERROR: ResolutionImpossible: for help visit https://pip.pypa.io", "packagesConflict"],
    ["ERROR: Package 'z' requires a different Python: 3.11.7 not in '>=3.99'", "packageNotFound"],
  ])("is a reason: %s", (log, reason) => {
    expect(problem(log)).toMatchObject({ reason });
  });

  it("names what it is about", () => {
    expect(problem("mkdir: cannot create directory '/mnt/x': Read-only file system")).toMatchObject({ path: "/mnt/x" });
    expect(problem("[Errno 13] Permission denied: '/opt/x'")).toMatchObject({ path: "/opt/x" });
    expect(problem("Permission denied")).toMatchObject({ path: "Creating train" });
    const broken =
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/a/\nERROR: No matching distribution found for a";
    expect(problem(broken)).toEqual({ reason: "packageIndexUnreachable", detail: "Connection refused" });
    const closed =
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProtocolError('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))': /simple/a/";
    expect(problem(closed)).toEqual({
      reason: "packageIndexUnreachable",
      detail: "Remote end closed connection without response",
    });
  });

  it("is left to others where nothing fits", () => {
    expect(problem("Killed", 137)).toBeUndefined();
    expect(problem("", 1)).toBeUndefined();
  });
});
