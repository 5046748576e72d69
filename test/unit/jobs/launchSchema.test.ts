import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { JobSettingsSchema } from "../../../src/shared/jobSettings";

const file = JSON.parse(readFileSync(join(import.meta.dirname, "../../../schemas/jobs.schema.json"), "utf8"));

/** The parts of a valibot schema that are used in `shared/jobSettings.ts`. */
interface Schema {
  readonly kind: string;
  readonly type: string;
  readonly entries?: Record<string, Schema>;
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly key?: Schema;
  readonly value?: Schema;
  readonly options?: readonly string[];
  readonly pipe?: readonly (Schema & { readonly requirement?: unknown })[];
}

/** What JSON schema says of the same thing, without the words. */
function jsonSchemaOf(schema: Schema): Record<string, unknown> {
  if (schema.type === "optional" && schema.wrapped) return jsonSchemaOf(schema.wrapped);
  const rules = Object.assign({}, ...(schema.pipe ?? []).map(ruleOf));
  switch (schema.type) {
    case "string":
    case "number":
    case "boolean":
      return { type: schema.type, ...rules };
    case "picklist":
      return { type: "string", enum: schema.options };
    case "array":
      return { type: "array", items: jsonSchemaOf(schema.item as Schema) };
    case "record":
      return {
        type: "object",
        propertyNames: { pattern: jsonSchemaOf(schema.key as Schema).pattern },
        additionalProperties: jsonSchemaOf(schema.value as Schema),
      };
    case "object": {
      const entries = Object.entries(schema.entries ?? {});
      const required = entries.filter(([, one]) => one.type !== "optional").map(([name]) => name);
      return {
        type: "object",
        additionalProperties: false,
        ...(required.length > 0 ? { required } : {}),
        properties: Object.fromEntries(entries.map(([name, one]) => [name, jsonSchemaOf(one)])),
      };
    }
    default:
      throw new Error(`the test does not know ${schema.type}`);
  }
}

function ruleOf({ kind, type, requirement }: Schema & { readonly requirement?: unknown }): Record<string, unknown> {
  if (kind !== "validation") return {};
  switch (type) {
    case "integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: requirement };
    case "max_value":
      return { maximum: requirement };
    case "min_length":
      return { minLength: requirement };
    case "max_length":
      return { maxLength: requirement };
    case "regex":
      return { pattern: (requirement as RegExp).source };
    default:
      throw new Error(`the test does not know ${type}`);
  }
}

const wordy = new Set(["description", "examples", "enumDescriptions", "defaultSnippets"]);

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => !(wordy.has(key) && typeof one !== "object") && !(wordy.has(key) && Array.isArray(one)))
      .map(([key, one]) => [key, withoutWords(one)]),
  );
}

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

describe("the JSON schema of .tensorline/jobs.json", () => {
  it("says the same as what reads the file", () => {
    const expected = jsonSchemaOf(JobSettingsSchema as unknown as Schema);
    expect(withoutWords(file.definitions.settings)).toEqual(expected);
  });

  it("explains every field", () => {
    const undescribed: string[] = [];
    const walk = (node: Described, at: string) => {
      for (const [name, one] of Object.entries(node.properties ?? {})) {
        if (!one.description?.endsWith(".")) undescribed.push(`${at}${name}`);
        walk(one, `${at}${name}.`);
      }
    };
    walk(file.definitions.settings, "");
    expect(undescribed).toEqual([]);
  });
});
