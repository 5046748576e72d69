import type * as vscode from "vscode";
import type { Secrets } from "../core/ports";

/** Secrets in the editor's SecretStorage, with a list of their names (never their values) so that all can be forgotten. */
export interface EditorSecrets extends Secrets {
  names(): readonly string[];
}

const listKeys = { ssh: "tensorline.secretNames", job: "tensorline.jobSecretNames" } as const;

/** `ssh`: what logs in; `job`: what jobs get. Neither sees the other's. */
export function createEditorSecrets(
  storage: vscode.SecretStorage,
  memento: vscode.Memento,
  kind: keyof typeof listKeys,
): EditorSecrets {
  const listKey = listKeys[kind];
  const prefix = `${kind}:`;
  const names = () => memento.get<string[]>(listKey, []);
  return {
    names,
    get: async (key) => storage.get(prefix + key),
    async set(key, value) {
      await storage.store(prefix + key, value);
      if (!names().includes(key)) await memento.update(listKey, [...names(), key]);
    },
    async delete(key) {
      await storage.delete(prefix + key);
      await memento.update(
        listKey,
        names().filter((name) => name !== key),
      );
    },
  };
}
