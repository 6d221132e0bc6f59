/** The text of a call: the text itself, or a stretch of the input of the run that asks. */
export type Question = { text: string } | { from: number; to: number };
