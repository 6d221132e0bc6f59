import { money } from '../../terminal/money.js';
import type { Figures, Share, ShownLine } from './figures.js';

interface About {
  id: string;
  input: string;
  startedAt: string;
  endedAt: string | undefined;
  /** Of a line in the Web UI; undefined where nobody knows where that is. */
  linkTo: (line: ShownLine) => string | undefined;
}

/** One HTML file that needs nothing else: no script, no font, no address but those of links. */
export function reportPage(about: About, figures: Figures, charts: readonly { title: string; svg: string }[]): string {
  const { tally, same, degraded, saved, shares, slowest, failed, withoutTime } = figures;
  const facts: [string, string | number][] = [
    ['Input', about.input],
    ['Started', about.startedAt],
    ['Ended', about.endedAt ?? 'not yet'],
    ['Lines', tally.succeeded + tally.failed],
    ['Succeeded', tally.succeeded],
    ['Failed', tally.failed],
    ['Saved by failover: answered by others than most', saved.lines],
    ['Cost of what failover saved', money(saved.costUsd)],
    ['Answered by the local provider', degraded],
    ['Equal texts, not paid again', same],
    ['Without a run of their own that the server still has', withoutTime],
    ['Cost', money(tally.costUsd)],
  ];
  const title = `Batch ${about.id}`;
  const sections = charts.map(({ title: what, svg }) => `<section><h2>${text(what)}</h2>${svg}</section>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title><style>${STYLE}</style></head><body>
<h1>${text(title)}</h1>
<table class="facts">${facts.map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`).join('\n')}</table>
${sections.join('\n')}
<section><h2>Who answered, and what it cost</h2>${sharesTable(shares)}</section>
<h2>Slowest</h2>
${linesTable(slowest, 'Took', about)}
<h2>Failed</h2>
${failed.length < tally.failed ? `<p>The first ${failed.length} of ${tally.failed}.</p>` : ''}
${linesTable(failed, 'Kind', about)}
</body></html>
`;
}

function sharesTable(shares: readonly Share[]): string {
  const tasks = [...new Set(shares.flatMap(({ providers }) => Object.keys(providers)))];
  const rows = shares.map(({ providers, lines, costUsd }) =>
    cells([...tasks.map((task) => providers[task] ?? ''), lines, money(costUsd)]),
  );
  return rows.length === 0 ? '<p>Nobody.</p>' : rowsTable([...tasks, 'Lines', 'Cost'], rows);
}

function linesTable(lines: readonly ShownLine[], what: string, { linkTo }: About): string {
  if (lines.length === 0) return '<p>None.</p>';
  const withTexts = lines.some((line) => line.text !== undefined);
  const withMessages = lines.some((line) => line.message !== undefined);
  const row = (line: ShownLine) => {
    const link = linkTo(line);
    const number = link === undefined ? text(line.line) : `<a href="${text(link)}">${text(line.line)}</a>`;
    const more = [...(withMessages ? [line.message ?? ''] : []), ...(withTexts ? [line.text ?? ''] : [])];
    return `<td>${number}</td>${cells([line.id, line.what, ...more])}`;
  };
  const head = ['Line', 'Id', what, ...(withMessages ? ['Message'] : []), ...(withTexts ? ['Text'] : [])];
  return rowsTable(head, lines.map(row));
}

function rowsTable(head: readonly string[], rows: readonly string[]): string {
  const titles = head.map((name) => `<th>${text(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row}</tr>`).join('\n');
  return `<table class="rows"><thead><tr>${titles}</tr></thead><tbody>${body}</tbody></table>`;
}

function cells(values: readonly (string | number)[]): string {
  return values.map((value) => `<td>${text(value)}</td>`).join('');
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:920px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}th{text-align:left;font-weight:600;padding:.15em 1.5em .15em 0}td{padding:.15em 1em .15em 0;overflow-wrap:anywhere}
.rows td,.rows th{border-bottom:1px solid #ddd;vertical-align:top}svg{max-width:100%;height:auto}section{break-inside:avoid}
@media print{@page{margin:15mm}body{margin:0;max-width:none;font-size:10pt}a{color:inherit;text-decoration:none}h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function text(value: string | number): string {
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
