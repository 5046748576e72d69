import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../..", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const text = (files: string[]) => files.map((file) => readFileSync(file, "utf8")).join("\n");

describe("the manifest", () => {
  const code = text(sources("src"));
  const registered = new Set(
    [...code.matchAll(/(?:registerCommand\([^"]*|\bon\()\s*"(tensorline\.[A-Za-z]+)"/g)].map((match) => match[1]),
  );
  const declared = new Set(manifest.contributes.commands.map((command: { command: string }) => command.command));

  it("declares exactly the commands that the code registers", () => {
    expect([...declared].sort()).toEqual([...registered].sort());
  });

  it("uses only declared commands in menus and welcome texts", () => {
    const used = [
      ...JSON.stringify(manifest.contributes).matchAll(
        /command:(tensorline\.[A-Za-z]+)|"command":"(tensorline\.[A-Za-z]+)"/g,
      ),
    ];
    for (const match of used) expect(declared).toContain(match[1] ?? match[2]);
  });

  it("declares exactly the settings that the code reads", () => {
    const read = [
      ...readFileSync(join(root, "src/platform/settings.ts"), "utf8").matchAll(
        /section\(\)\s*\.(?:get(?:<[^>]*>)?|update)\(\s*"([^"]+)"/g,
      ),
    ];
    const keys = new Set(read.map((match) => `tensorline.${match[1]}`));
    expect([...keys].sort()).toEqual(Object.keys(manifest.contributes.configuration.properties).sort());
  });

  it("lets no workspace or remote machine name hosts, files or programs", () => {
    for (const [name, setting] of Object.entries<{ scope: string; type: string; ignoreSync?: boolean }>(
      manifest.contributes.configuration.properties,
    )) {
      expect(setting.scope, name).toBe("application");
      if (setting.type === "array" || setting.type === "string") expect(setting.ignoreSync, name).toBe(true);
    }
  });
});

describe("the layout", () => {
  it("keeps the entry file under 120 lines and every file under 300", () => {
    expect(readFileSync(join(root, "src/extension.ts"), "utf8").split("\n").length).toBeLessThan(120);
    for (const file of [...sources("src"), ...sources("webview-ui")]) {
      expect(readFileSync(file, "utf8").split("\n").length, file).toBeLessThanOrEqual(300);
    }
  });

  it("is defended by the linter: an import across a boundary fails the build", () => {
    const forbidden = [
      ["src/core/a.ts", 'import "vscode";'],
      ["src/core/b.ts", 'import type { Uri } from "vscode";\nexport type A = Uri;'],
      ["src/core/c.ts", 'import "ssh2";'],
      ["src/shared/a.ts", 'import "node:fs";'],
      ["src/features/a.ts", 'import "ssh2";'],
      ["src/ssh/a.ts", 'import "vscode";'],
      ["src/cli/a.ts", 'import "vscode";'],
      ["webview-ui/a.ts", 'import "../src/core/remote";'],
      ["webview-ui/b.ts", 'import "node:fs";'],
    ] as const;
    const allowed = [
      ["src/features/ok.ts", 'import "vscode";'],
      ["src/ssh/ok.ts", 'import "ssh2";'],
    ] as const;
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "tensorline-boundaries-")));
    try {
      const { vcs: _, ...config } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
      writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...config, $schema: undefined }));
      for (const [file, line] of [...forbidden, ...allowed]) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), `${line}\n`);
      }
      const lint = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "--reporter=github", "."], {
        cwd: folder,
        encoding: "utf8",
      });
      const refused = [...lint.stdout.matchAll(/title=lint\/style\/noRestrictedImports,file=([^,]+),/g)].map((match) =>
        relative(folder, match[1] ?? ""),
      );
      expect(lint.status).not.toBe(0);
      expect([...new Set(refused)].sort()).toEqual(forbidden.map(([file]) => file).sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("asks for ssh2 only in src/ssh and src/demo", () => {
    const others = sources("src").filter((file) => !/\/src\/(ssh|demo)\//.test(file));
    expect(text(others)).not.toMatch(/from "ssh2"|require\("ssh2"\)/);
  });
});
