/** What a command's help shows last: command lines to copy. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx understudy ${line}`).join('\n')}`;
}
