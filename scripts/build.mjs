// Builds dist/: one bundle for the entry, one for each heavy part (SSH, GPUs, transfer, environments, jobs, tensors: loaded at first use), one for the CLI,
// one per webview.
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./prerequisites.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The optional native parts of ssh2 are left out: one JavaScript bundle runs on every client. */
const withoutNative = {
  name: "without-native",
  setup(build) {
    build.onResolve({ filter: /sshcrypto\.node$|^cpu-features$/ }, () => ({ path: "absent", namespace: "absent" }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: 'throw new Error("not bundled")' }));
  },
};

/**
 * What costs ssh2 more than the encryption itself: AES-GCM gets its key as bytes with every packet, which Node 24 examines
 * each time, and every packet is written into new memory before it is encrypted into new memory. With a key object made
 * once, one buffer for the big packets, and memory that is marked as free to give back (core/giveBack.ts), big files move
 * faster than with scp. Each is replaced once, in this order; fails when ssh2's text is another.
 */
const sshPatches = {
  "crypto.js": [
    ["createCipheriv, createDecipheriv, createHmac,", "createCipheriv, createDecipheriv, createHmac, createSecretKey,"],
    [
      "class AESGCMCipherNative {",
      'const alone = Symbol.for("tensorline.alone");\nconst scratch = Buffer.allocUnsafeSlow(65536);\n\nclass AESGCMCipherNative {',
    ],
    ["this._encKey = enc.cipherKey;", "this._encKey = createSecretKey(enc.cipherKey);"],
    [
      "const packet = Buffer.allocUnsafe(pktLen);",
      "const packet = pktLen > 4096 && pktLen <= 65536 ? scratch.subarray(0, pktLen) : Buffer.allocUnsafe(pktLen);",
    ],
    ["const lenData = packet.slice(0, 4);", "const lenData = Buffer.from(packet.subarray(0, 4));"],
    [
      "this._onWrite(encrypted);",
      "if (encrypted.length > 8192) encrypted.buffer[alone] = true;\nthis._onWrite(encrypted);",
    ],
    ["this._decipherKey = dec.decipherKey;", "this._decipherKey = createSecretKey(dec.decipherKey);"],
    ["Buffer.allocUnsafe(this._len)", "Buffer[this._len > 8192 ? 'allocUnsafeSlow' : 'allocUnsafe'](this._len)"],
    [
      "this._packetPos += decrypted.length;",
      "this._packetPos += decrypted.length;\nif (this._packet !== decrypted) decrypted.buffer.transfer?.(0);",
    ],
    [
      "const payload = (!this._packet",
      "if (this._packet && this._packet.length > 8192) this._packet.buffer[alone] = true;\nconst payload = (!this._packet",
    ],
  ],
  "utils.js": [["proto._queue.push(packet);", "proto._queue.push(Buffer.from(packet));"]],
};

const withLeanPackets = {
  name: "with-lean-packets",
  setup(build) {
    build.onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/]protocol[\\/](crypto|utils)\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      let from = 0;
      for (const [old, fresh] of sshPatches[basename(path)]) {
        const at = contents.indexOf(old, from);
        if (at < 0) throw new Error(`${path} has no "${old}" any more.`);
        contents = `${contents.slice(0, at)}${fresh}${contents.slice(at + old.length)}`;
        from = at + fresh.length;
      }
      return { contents };
    });
  },
};

/** Builds everything; `minify` for what ships. */
export async function build({ minify = true } = {}) {
  await ensureDependencies();
  const esbuild = await import("esbuild");
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify,
    sourcemap: false,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    loader: { ".sh": "text", ".py": "text" },
  };
  const node = {
    ...common,
    platform: "node",
    format: "cjs",
    target: "node20",
    plugins: [withoutNative, withLeanPackets],
  };
  await rm(new URL("dist", `file://${root}`), { recursive: true, force: true });
  await mkdir(new URL("dist", `file://${root}`), { recursive: true });
  const results = await Promise.all([
    esbuild.build({
      ...node,
      entryPoints: { extension: "src/extension.ts" },
      outExtension: { ".js": ".cjs" },
      outdir: "dist",
      external: [
        "vscode",
        "./ssh.cjs",
        "./gpu.cjs",
        "./demo.cjs",
        "./environments.cjs",
        "./jobs.cjs",
        "./transfer.cjs",
      ],
    }),
    esbuild.build({
      ...node,
      entryPoints: {
        ssh: "src/ssh/index.ts",
        transfer: "src/core/transfer/transfers.ts",
        gpu: "src/core/gpu/index.ts",
        environments: "src/core/environments/index.ts",
        jobs: "src/core/jobs/index.ts",
        tensors: "src/core/tensors/index.ts",
        demo: "src/demo/main.ts",
        askpass: "src/ssh/system/askpassMain.ts",
      },
      outExtension: { ".js": ".cjs" },
      outdir: "dist",
    }),
    esbuild.build({
      ...node,
      entryPoints: { cli: "src/cli.ts" },
      outExtension: { ".js": ".cjs" },
      outdir: "dist",
      external: ["./ssh.cjs", "./gpu.cjs", "./demo.cjs", "./environments.cjs", "./jobs.cjs"],
      banner: { js: "#!/usr/bin/env node" },
    }),
    esbuild.build({
      ...common,
      platform: "browser",
      format: "iife",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
      entryPoints: {
        gpu: "webview-ui/gpu/main.tsx",
        job: "webview-ui/job/main.tsx",
        jobForm: "webview-ui/jobForm/main.tsx",
        tensor: "webview-ui/tensor/main.tsx",
      },
      outdir: "dist/webview",
    }),
  ]);
  await cp(`${root}/node_modules/@vscode/codicons/dist`, `${root}/dist/webview/codicons`, {
    recursive: true,
    filter: (source) => !/\.(svg|csv|html|json|ts)$/.test(source),
  });
  return results.map((result) => result.metafile);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
