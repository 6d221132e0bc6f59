/** What providers are asked to do with a text, by its name in the configuration. */
export type Task = string;

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a task is, as one provider is asked it. */
export interface TaskDefinition {
  /** What to do with the text. Absent for the two that an adapter knows by itself. */
  instruction?: string | undefined;
  /** What the answer's JSON has to fit; without it, the answer is text. */
  output?: JsonSchema | undefined;
  /** The most that an answer takes, thoughts left out. */
  maxOutputTokens?: number | undefined;
  /** In place of the provider's own. */
  model?: string | undefined;
}
