import { printable, printableJson } from '../../domain/text.js';

/** Lines for the person. Standard output is for results alone. */
export function say(lines: string): void {
  process.stderr.write(`${printableLines(lines)}\n`);
}

/** Lines of a result, on standard output. */
export function print(lines: string): void {
  process.stdout.write(`${printableLines(lines)}\n`);
}

/** Lines of a result that the renderer made: what is a stranger's in them is printable already, and what colours them is ours. */
export function printed(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** A result for a program, on standard output: `--json`. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value, 2)}\n`);
}

/** Only our own line ends stay, wherever a foreign string was put in without a thought. */
function printableLines(lines: string): string {
  return lines
    .split('\n')
    .map((line) => printable(line))
    .join('\n');
}

/** What commander complains about: the complaint and its suggestion, without the help that it may add. */
export function sayUsage(text: string): void {
  say(text.trim().split('\n').slice(0, 2).join('\n'));
}
