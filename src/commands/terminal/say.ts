/** A line for the person. Standard output is for results alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
