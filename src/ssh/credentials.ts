import type { Secrets } from "../core/ports";

/**
 * What the user typed to get into one host. It is kept in memory for as long as the host's session lives, so that a
 * reconnection asks for nothing; it goes to the secret store only after a log-in succeeded with it and only if wished.
 */
export interface Credentials {
  /** From memory, else from the secret store. */
  recall(key: string): Promise<string | undefined>;
  /** To be kept if the log-in in progress succeeds. */
  offer(key: string, text: string, remember: boolean): void;
  /** It was wrong: forgotten everywhere. */
  reject(key: string): Promise<void>;
  /** The log-in succeeded. */
  commit(): Promise<void>;
}

export function createCredentials(secrets: Secrets): Credentials {
  const memory = new Map<string, string>();
  const offered = new Map<string, { text: string; remember: boolean }>();
  return {
    recall: async (key) => memory.get(key) ?? (await secrets.get(key)),
    offer(key, text, remember) {
      offered.set(key, { text, remember });
    },
    async reject(key) {
      offered.delete(key);
      memory.delete(key);
      await secrets.delete(key);
    },
    async commit() {
      const kept = [...offered];
      offered.clear();
      for (const [key, { text, remember }] of kept) {
        memory.set(key, text);
        if (remember) await secrets.set(key, text);
      }
    },
  };
}
