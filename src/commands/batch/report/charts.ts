import { init, type EChartsOption } from 'echarts';
import type { Figures } from './figures.js';

const SIZE = { width: 880, height: 300 };

/** Drawn without a browser, as SVG. */
export function chartsOf({ tally, stretches }: Figures): { title: string; svg: string }[] {
  const [first = {}] = Object.values(tally.providers);
  const providers = Object.keys(first);
  const [, ...others] = Object.entries(tally.providers);
  const inTurn = [
    ...providers.map((name) => ({ name, data: stretches.map((each) => each.providers[name] ?? 0) })),
    { name: 'failed', data: stretches.map(({ failed }) => failed) },
  ];
  return [
    {
      title: 'Answers by provider, along the input',
      svg: drawn({
        legend: {},
        xAxis: { type: 'category', name: 'line', data: stretches.map(({ from }) => String(from)) },
        yAxis: { type: 'value' },
        series: inTurn.map((each) => ({ ...each, type: 'bar', stack: 'all' })),
      }),
    },
    ...(Object.keys(tally.sentiments).length > 0 ? [{ title: 'Sentiment', svg: bars(tally.sentiments) }] : []),
    ...others.map(([task, by]) => ({ title: `${task} by`, svg: bars(by) })),
    { title: 'Failures by kind', svg: bars(tally.failures) },
  ];
}

function bars(counts: Partial<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, one = 0], [, other = 0]) => other - one);
  return drawn({
    xAxis: { type: 'category', data: entries.map(([name]) => name) },
    yAxis: { type: 'value' },
    series: [{ type: 'bar', label: { show: true, position: 'top' }, data: entries.map(([, count = 0]) => count) }],
  });
}

function drawn(option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({ animation: false, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
