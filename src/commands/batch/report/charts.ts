import { init, type EChartsOption } from 'echarts';
import { FAILED, type Figures } from './figures.js';

const SIZE = { width: 880, height: 280 };
/** Told apart in print and by most eyes (Okabe and Ito); red is for what failed. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#56b4e9', '#cc79a7', '#f0e442', '#999999'];
const RED = '#d55e00';

/** Drawn without a browser, as SVG. */
export function chartsOf({ tally, overTime, durations }: Figures): { title: string; svg: string }[] {
  const names = [...new Set(overTime.flatMap(({ lines }) => Object.keys(lines)))].sort();
  const inTurn = [...names.filter((name) => name !== FAILED), ...names.filter((name) => name === FAILED)];
  const [first = 'texts', ...others] = Object.keys(tally.providers);
  return [
    {
      title: `${first}: answers by provider, over time (UTC)`,
      svg: drawn({
        legend: { top: 0 },
        xAxis: { type: 'category', data: overTime.map(({ fromMs }) => timeOfDay(fromMs)) },
        yAxis: { type: 'value', minInterval: 1 },
        series: inTurn.map((name) => ({
          name,
          type: 'bar',
          stack: 'all',
          data: overTime.map(({ lines }) => lines[name] ?? 0),
          ...(name === FAILED && { itemStyle: { color: RED } }),
        })),
      }),
    },
    {
      title: 'From start to end of a run, waiting included',
      svg: bars(durations.map(({ upTo, lines }) => [upTo === 'longer' ? upTo : `up to ${upTo}`, lines])),
    },
    ...(Object.keys(tally.sentiments).length > 0
      ? [{ title: 'Sentiment', svg: bars(mostFirst(tally.sentiments)) }]
      : []),
    ...others.map((task) => ({
      title: `${task}: answers by provider`,
      svg: bars(mostFirst(tally.providers[task] ?? {})),
    })),
    { title: 'Failures by kind', svg: bars(mostFirst(tally.failures), RED) },
  ];
}

function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

function mostFirst(counts: Partial<Record<string, number>>): [string, number][] {
  const entries = Object.entries(counts).map(([name, many = 0]): [string, number] => [name, many]);
  return entries.sort(([, one], [, other]) => other - one);
}

function bars(entries: readonly (readonly [string, number])[], color?: string): string {
  return drawn({
    xAxis: { type: 'category', data: entries.map(([name]) => name) },
    yAxis: { type: 'value', minInterval: 1 },
    series: [
      {
        type: 'bar',
        barMaxWidth: 60,
        label: { show: true, position: 'top' },
        data: entries.map(([, many]) => many),
        ...(color !== undefined && { itemStyle: { color } }),
      },
    ],
  });
}

function drawn(option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({ animation: false, color: COLOURS, grid: { left: 60, right: 20, top: 40, bottom: 40 }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
