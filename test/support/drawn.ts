/**
 * What stands on a terminal after all of this was written to it: rows broken at its width, lines cleared and drawn anew. When
 * it becomes narrower, what it shows is broken anew, as terminals of today do.
 */
export class Drawn {
  private lines: string[] = [''];
  private row = 0;
  private column = 0;

  constructor(private width: number) {}

  write(text: string): void {
    for (const [token] of text.matchAll(new RegExp(`${ESC}\\[[\\d;?]*[A-Za-z]|[^]`, 'gu'))) this.take(token);
  }

  resize(width: number): void {
    const before = this.lines.flatMap((line) => broken(line, this.width));
    const above = before.slice(0, this.row).reduce((sum, line) => sum + rowsOf(line, width), 0);
    this.row = above + Math.max(0, Math.ceil(this.column / width) - 1);
    this.column = this.column === 0 ? 0 : ((this.column - 1) % width) + 1;
    this.lines = before.flatMap((line) => broken(line, width));
    this.width = width;
  }

  /** @returns rows, without those that are empty */
  rows(): string[] {
    return this.lines.map((line) => line.trimEnd()).filter((line) => line !== '');
  }

  private take(token: string): void {
    if (token === '\r') this.column = 0;
    else if (token === '\n') this.down();
    else if (token.startsWith(`${ESC}[`)) this.command(token.slice(2, -1), token.at(-1));
    else {
      if (this.column === this.width) {
        this.down();
        this.column = 0;
      }
      const line = (this.lines[this.row] ?? '').padEnd(this.column);
      this.lines[this.row] = line.slice(0, this.column) + token + line.slice(this.column + 1);
      this.column += 1;
    }
  }

  private down(): void {
    this.row += 1;
    this.lines[this.row] ??= '';
  }

  private command(argument: string, name: string | undefined): void {
    if (name === 'A') this.row = Math.max(0, this.row - Number(argument));
    if (name === 'K') this.lines[this.row] = '';
    if (name === 't' && argument.startsWith('8;')) this.resize(Number(argument.split(';').at(-1)));
    if (name === 'J') this.lines.splice(this.row, Infinity, (this.lines[this.row] ?? '').slice(0, this.column));
  }
}

const ESC = String.fromCharCode(27);

function broken(line: string, width: number): string[] {
  const rows = line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [];
  return rows.length > 0 ? rows : [''];
}

const rowsOf = (line: string, width: number) => Math.max(1, Math.ceil(line.length / width));
