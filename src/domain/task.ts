/** The two questions an analysis asks: first a summary of the text, then the sentiment of that summary. */
export const TASKS = ['summarize', 'sentiment'] as const;
export type Task = (typeof TASKS)[number];
