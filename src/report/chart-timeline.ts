import type { EChartsOption } from 'echarts';
import { COLOUR, gateLines, range, renderSvg, timeFrame, type Chart } from './chart-frame';
import { counted, duration } from './format';
import type { Report } from './schema';

type Health = Report['samples'][number]['health'];
const HEALTHS: Health[] = ['green', 'yellow', 'red', 'unknown'];
const ROW = 24;

/** Samples of the same health side by side, as one span each; a sample speaks until the next one. */
export function healthRuns(report: Report): { health: Health; from: number; to: number }[] {
  const runs: { health: Health; from: number; to: number }[] = [];
  report.samples.forEach((sample, index) => {
    const to = report.samples[index + 1]?.t ?? sample.t;
    const last = runs[runs.length - 1];
    if (last?.health === sample.health) last.to = to;
    else runs.push({ health: sample.health, from: sample.t, to });
  });
  return runs;
}

/** Phases one under the other, gates across them, and the cluster's health at the foot. */
export function timeline(report: Report): Chart {
  const [, last] = range(report);
  const rows = [...report.phases.map(({ phase }) => phase), ...(report.samples.length > 0 ? ['health'] : [])];
  const height = rows.length * ROW + 62;
  const bars = report.phases.map(({ startedAt, endedAt }, index) =>
    bar(index, Date.parse(startedAt), endedAt === undefined ? last : Date.parse(endedAt), 'var(--phase)'),
  );
  const waits = report.gates.map((gate) => {
    const row = report.phases.findIndex(({ phase }) => gate.gate.startsWith(phase) || `big-${phase}` === gate.gate);
    return bar(Math.max(0, row), Date.parse(gate.openedAt), Date.parse(gate.passedAt), 'var(--gate)');
  });
  const strip = healthRuns(report).map(({ health, from, to }) => bar(rows.length - 1, from, to, `var(--${health})`));
  const seen = HEALTHS.filter((health) => report.samples.some((sample) => sample.health === health));
  const text =
    `Phases over time. ${report.phases
      .filter(({ seconds }) => seconds !== undefined)
      .map(({ phase, seconds }) => `${phase} ${duration(seconds ?? 0)}`)
      .join(', ')}. ` +
    `${counted(report.gates.length, 'gate')} passed. ` +
    (seen.length === 0 ? 'No health sample was taken.' : `Cluster health was ${seen.join(', ')}.`);
  return {
    id: 'timeline',
    title: 'Phases, gates and health',
    svg: renderSvg(option(report, rows, height, [bars, waits, strip]), height, text),
    text,
  };
}

type Bar = [row: number, from: number, to: number, colour: string];

function bar(row: number, from: number, to: number, colour: string): Bar {
  return [row, from, to, colour];
}

function option(report: Report, rows: string[], height: number, layers: Bar[][]): EChartsOption {
  const frame = timeFrame(report, height);
  const names = ['phase', 'waiting at a gate', 'health'];
  return {
    ...frame,
    legend: undefined,
    grid: { left: 76, right: 20, top: 26, bottom: 30 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: COLOUR.text },
      splitLine: { show: true, lineStyle: { color: COLOUR.line } },
    },
    series: layers.map((bars, index) => ({
      name: names[index],
      type: 'custom',
      silent: true,
      data: bars.map(([row, from, to]) => [from, row, to]),
      encode: { x: [0, 2], y: 1 },
      renderItem: (_params, api) => {
        const from = api.coord([api.value(0), api.value(1)]);
        const to = api.coord([api.value(2), api.value(1)]);
        const thick = index === 2 ? 14 : index === 1 ? 5 : 11;
        const colour = bars.find(([row, start]) => row === api.value(1) && start === api.value(0))?.[3];
        return {
          type: 'rect',
          shape: {
            x: from[0] ?? 0,
            y: (from[1] ?? 0) - thick / 2 + (index === 1 ? 4 : 0),
            width: Math.max(2, (to[0] ?? 0) - (from[0] ?? 0)),
            height: thick,
            r: index === 2 ? 0 : 2,
          },
          style: { fill: colour },
        };
      },
      ...(index === 1 ? { markLine: gateLines(report) } : {}),
    })),
  };
}
