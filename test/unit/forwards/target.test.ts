import { expect, it } from "vitest";
import { parseTarget, targetName } from "../../../src/core/forwards/target";

it.each([
  ["6006", "localhost", 6006, "6006"],
  [" 8888 ", "localhost", 8888, "8888"],
  ["localhost:8265", "localhost", 8265, "8265"],
  ["127.0.0.1:80", "localhost", 80, "80"],
  ["gpu-07:5432", "gpu-07", 5432, "gpu-07:5432"],
  ["10.0.0.7:443", "10.0.0.7", 443, "10.0.0.7:443"],
  ["[fe80::1]:22", "fe80::1", 22, "[fe80::1]:22"],
  ["http://localhost:8888/tree?token=abc", "localhost", 8888, "8888"],
  ["https://gpu-07:8443/x", "gpu-07", 8443, "gpu-07:8443"],
])("%j means %s port %d", (text, host, port, name) => {
  const target = parseTarget(text);
  expect(target).toEqual({ host, port });
  expect(target && targetName(target)).toBe(name);
});

it.each([
  "",
  "0",
  "65536",
  "-1",
  "80a",
  "a:b",
  ":80",
  "a b:80",
  "-oProxyCommand=x:80",
  "a;b:80",
  "fe80::1:22",
  "http://a/",
])("%j is no port", (text) => {
  expect(parseTarget(text)).toBeUndefined();
});
