/** US dollars per million tokens. */
export interface Price {
  inputPerMillionTokens: number;
  outputPerMillionTokens: number;
}

/** Tokens as a vendor counted them, of one call. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** @returns US dollars; undefined when the price or the usage is not known, which is not the same as free */
export function costOf(usage: Usage | undefined, price: Price | undefined): number | undefined {
  if (usage === undefined || price === undefined) return undefined;
  const millionths =
    usage.inputTokens * price.inputPerMillionTokens + usage.outputTokens * price.outputPerMillionTokens;
  return millionths / 1_000_000;
}

/**
 * A guess for vendors that report no usage. Four characters a token is what vendors name for English; real tokenizers on
 * npm are quadratic on long unbroken runs.
 */
export function estimatedUsage(question: string, answer: string): Usage {
  const [inputTokens, outputTokens] = [question, answer].map(({ length }) => Math.ceil(length / 4)) as [number, number];
  return { inputTokens, outputTokens };
}
