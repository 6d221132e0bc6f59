import type { Figures } from './figures.js';

interface About {
  id: string;
  input: string;
  startedAt: string;
  endedAt: string | undefined;
  /** Of a line's runs in the Web UI; undefined where nobody knows where that is. */
  linkTo: (line: number) => string | undefined;
}

/** One HTML file that needs nothing else: no script, no font, no address but those of links. */
export function reportPage(about: About, figures: Figures, charts: readonly { title: string; svg: string }[]): string {
  const { tally, same, degraded, switched, failed } = figures;
  const facts: [string, string | number][] = [
    ['Input', about.input],
    ['Started', about.startedAt],
    ['Ended', about.endedAt ?? 'not yet'],
    ['Lines', tally.succeeded + tally.failed],
    ['Succeeded', tally.succeeded],
    ['Failed', tally.failed],
    ['Answered by another provider than most', switched],
    ['Answered by the local provider', degraded],
    ['Equal texts, not paid again', same],
    ['Cost', tally.costUsd === null ? 'not known' : `$${tally.costUsd.toFixed(6)}`],
  ];
  const title = `Batch ${about.id}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title><style>${STYLE}</style></head><body>
<h1>${text(title)}</h1>
<table>${facts.map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`).join('\n')}</table>
${charts.map(({ title: what, svg }) => `<section><h2>${text(what)}</h2>${svg}</section>`).join('\n')}
<h2>Failed</h2>
${failed.length === 0 ? '<p>None.</p>' : failedTable(failed, about)}
</body></html>
`;
}

function failedTable(failed: Figures['failed'], { linkTo }: About): string {
  const row = ({ line, id, type, message }: Figures['failed'][number]) => {
    const link = linkTo(line);
    const number = link === undefined ? text(line) : `<a href="${text(link)}">${text(line)}</a>`;
    return `<tr><td>${number}</td><td>${text(id)}</td><td>${text(type)}</td><td>${text(message)}</td></tr>`;
  };
  const head = '<tr><th>Line</th><th>Id</th><th>Kind</th><th>Message</th></tr>';
  return `<table class="rows">${head}${failed.map(row).join('\n')}</table>`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:920px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}th{text-align:left;font-weight:600;padding:.15em 1.5em .15em 0}td{padding:.15em 1em .15em 0}
.rows td,.rows th{border-bottom:1px solid #ddd;vertical-align:top}svg{max-width:100%;height:auto}section{break-inside:avoid}`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function text(value: string | number): string {
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
