import type * as vscode from "vscode";
import type { Secrets } from "../core/ports";

const prefix = "ssh:";

/** Secrets in the editor's SecretStorage, with a list of their names (never their values) so that all can be forgotten. */
export interface EditorSecrets extends Secrets {
  names(): readonly string[];
}

export function createEditorSecrets(storage: vscode.SecretStorage, memento: vscode.Memento): EditorSecrets {
  const listKey = "tensorline.secretNames";
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
