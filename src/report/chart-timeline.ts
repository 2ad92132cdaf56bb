import type { EChartsOption } from 'echarts';
import { COLOUR, gateLines, range, renderSvg, timeFrame, type Chart } from './chart-frame';
import { counted, duration } from '../text/format';
import type { Report } from '../contract/report';

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

interface Bar {
  row: number;
  from: number;
  to: number;
  colour: string;
  thick: number;
  /** Units below the middle of its row. */
  shift?: number;
  /** Written after it. */
  label?: string;
}

/** Phases one under the other, gates across them, and the cluster's health at the foot. */
export function timeline(report: Report): Chart {
  const phases = report.phases.filter(({ phase }) => phase !== 'report');
  const rows = [...phases.map(({ phase }) => phase), ...(report.samples.length > 0 ? ['health'] : [])];
  const height = rows.length * ROW + 42;
  const seen = HEALTHS.filter((health) => report.samples.some((sample) => sample.health === health));
  const took = phases.map(
    ({ phase, seconds }) => `${phase} ${seconds === undefined ? 'did not end' : duration(seconds)}`,
  );
  const text =
    `Phases over time: ${took.join(', ')}. ${counted(report.gates.length, 'gate')} passed` +
    `${report.gates.length > 0 ? '; thin bars show how long they waited for a person' : ''}. ` +
    (seen.length === 0 ? 'No health sample was taken.' : `Health of the cluster was ${seen.join(' and ')}.`);
  const svg = renderSvg(option(report, rows, height, bars(report, rows.length)), height, text);
  return { id: 'timeline', title: 'Phases, gates and health', svg, text };
}

function bars(report: Report, rows: number): Bar[] {
  const [, last] = range(report);
  const phases = report.phases.filter(({ phase }) => phase !== 'report');
  const phaseOf = (gate: string) =>
    Math.max(
      0,
      phases.findIndex(({ phase }) => gate.startsWith(phase) || gate === `big-${phase}`),
    );
  return [
    ...phases.map(({ startedAt, endedAt, seconds }, row) => ({
      row,
      from: Date.parse(startedAt),
      to: endedAt === undefined ? last : Date.parse(endedAt),
      colour: 'var(--phase)',
      thick: 11,
      label: seconds === undefined ? 'did not end' : duration(seconds),
    })),
    ...report.gates.map(({ gate, openedAt, passedAt }) => ({
      row: phaseOf(gate),
      from: Date.parse(openedAt),
      to: Date.parse(passedAt),
      colour: 'var(--gate)',
      thick: 4,
      shift: 4,
    })),
    ...healthRuns(report).map(({ health, from, to }) => ({
      row: rows - 1,
      from,
      to,
      colour: `var(--${health})`,
      thick: 14,
    })),
  ];
}

function option(report: Report, rows: string[], height: number, items: Bar[]): EChartsOption {
  return {
    ...timeFrame(report, height),
    legend: undefined,
    grid: { left: 76, right: 20, top: 6, bottom: 30 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: COLOUR.text },
      splitLine: { show: true, lineStyle: { color: COLOUR.line } },
    },
    series: {
      type: 'custom',
      silent: true,
      data: items.map(({ from, row, to }) => [from, row, to]),
      encode: { x: [0, 2], y: 1 },
      markLine: gateLines(report, 'insideStartBottom'),
      renderItem: ({ dataIndex }, api) => {
        const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
        const [end = 0] = api.coord([api.value(2), api.value(1)]);
        const item = items[dataIndex];
        if (!item) return null;
        const label = labelPlace(x, end);
        const width = Math.max(2, end - x);
        const top = y - item.thick / 2 + (item.shift ?? 0);
        return {
          type: 'group',
          children: [
            { type: 'rect', shape: { x, y: top, width, height: item.thick, r: 2 }, style: { fill: item.colour } },
            {
              type: 'text',
              x: label.x,
              y,
              style: {
                text: item.label ?? '',
                fill: label.inside ? COLOUR.surface : COLOUR.text,
                fontSize: label.inside ? 10 : 12,
                align: label.align,
                verticalAlign: 'middle',
              },
            },
          ],
        };
      },
    },
  };
}

/** Where a bar's label fits in the plot, which is from 76 to 940: after the bar, else before it, else in it. */
function labelPlace(from: number, to: number): { x: number; align: 'left' | 'right'; inside: boolean } {
  if (to <= 860) return { x: to + 6, align: 'left', inside: false };
  if (from >= 170) return { x: from - 6, align: 'right', inside: false };
  return { x: to - 6, align: 'right', inside: true };
}
