import { printable, printableJson } from '../../domain/text.js';

/** Lines for the person. Standard output is for results alone. */
export function say(lines: string): void {
  process.stderr.write(`${printableLines(lines)}\n`);
}

/** Lines of a result, on standard output. */
export function print(lines: string): void {
  process.stdout.write(`${printableLines(lines)}\n`);
}

/** A result for a program, on standard output: `--json`. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value, 2)}\n`);
}

/** Only our own line ends stay, wherever a foreign string was put in without a thought. */
export function printableLines(lines: string): string {
  return lines.split('\n').map(printable).join('\n');
}
