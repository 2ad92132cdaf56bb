import * as echarts from 'echarts';
import { escape, trusted, type Html } from '../text/html';
import { count } from '../text/format';
import type { Report } from '../contract/report';

/** Width of every chart in its own units; the page scales it. */
export const WIDTH = 960;
const LEFT = 76;
const RIGHT = 20;

/** Colours are the page's variables, so that one chart serves light and dark. */
export const COLOUR = {
  old: 'var(--old)',
  new: 'var(--new)',
  bridge: 'var(--bridge)',
  text: 'var(--ink-2)',
  line: 'var(--line)',
  band: 'var(--band)',
  gate: 'var(--gate)',
  surface: 'var(--surface)',
} as const;

/** One chart of the report. */
export interface Chart {
  id: string;
  title: string;
  svg: Html;
  /** What the picture says, for those who don't see it. */
  text: string;
}

/** Time from the first to the last thing that the report knows of, in ms since the epoch. */
export function range(report: Report): [number, number] {
  const [first, last] = [report.samples[0], report.samples[report.samples.length - 1]];
  const start = Math.min(Date.parse(report.startedAt), first?.t ?? Infinity);
  return [start, Math.max(Date.parse(report.endedAt), start + 1000, last?.t ?? 0)];
}

/** Width in the chart's units of a span of milliseconds. */
function widthOf(report: Report, span: number): number {
  const [from, to] = range(report);
  return (span / (to - from)) * (WIDTH - LEFT - RIGHT);
}

/** Phases as bands behind the plot; a name is written where it fits. */
export function phaseBands(report: Report, names: boolean): echarts.LineSeriesOption['markArea'] {
  const [, last] = range(report);
  const bands = report.phases
    .filter(({ phase }) => phase !== 'report')
    .map(({ phase, startedAt, endedAt }, index) => {
      const from = Date.parse(startedAt);
      const to = endedAt === undefined ? last : Date.parse(endedAt);
      const fits = widthOf(report, to - from) > phase.length * 6.2 + 4;
      return [
        {
          name: names && fits ? phase : '',
          xAxis: from,
          itemStyle: { color: index % 2 === 0 ? COLOUR.band : 'transparent' },
        },
        { xAxis: to },
      ] as [{ name: string; xAxis: number; itemStyle: { color: string } }, { xAxis: number }];
    });
  return { silent: true, label: { position: 'top', color: COLOUR.text, fontSize: 12, distance: 4 }, data: bands };
}

/** Gates as dashed lines at the moment at which they were passed. */
export function gateLines(
  report: Report,
  position: 'insideEndTop' | 'insideStartBottom' = 'insideEndTop',
): echarts.LineSeriesOption['markLine'] {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: COLOUR.gate, type: [4, 3], width: 1.2 },
    label: { position, color: COLOUR.gate, fontSize: 11, formatter: '{b}', distance: 3 },
    data: report.gates.map(({ gate, passedAt }) => ({ name: gate, xAxis: Date.parse(passedAt) })),
  };
}

/** What every chart over time has in common. */
export function timeFrame(report: Report, height: number): echarts.EChartsOption {
  const [min, max] = range(report);
  return {
    animation: false,
    useUTC: true,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: 'var(--font)', color: COLOUR.text },
    grid: { left: LEFT, right: RIGHT, top: 46, bottom: 30, height: height - 76 },
    legend: {
      top: 0,
      left: LEFT - 4,
      itemGap: 22,
      itemWidth: 14,
      itemHeight: 8,
      icon: 'roundRect',
      textStyle: { color: COLOUR.text },
    },
    xAxis: {
      type: 'time',
      min,
      max,
      axisLine: { lineStyle: { color: COLOUR.line } },
      axisTick: { lineStyle: { color: COLOUR.line } },
      axisLabel: { color: COLOUR.text, hideOverlap: true, formatter: timeLabel(max - min) },
      splitLine: { show: false },
    },
  };
}

/** A value axis with light lines. */
export function valueAxis(
  format: (value: number) => string,
  extra: Record<string, unknown> = {},
): echarts.YAXisComponentOption {
  return {
    type: 'value',
    min: 0,
    axisLabel: { color: COLOUR.text, formatter: format },
    splitLine: { lineStyle: { color: COLOUR.line } },
    ...extra,
  };
}

/** Ticks of 1, 2 or 5 times a power of 1024, so that bytes have round labels. */
export function byteTicks(max: number): { max: number; interval: number } {
  const rough = Math.max(1, max) / 4;
  const unit = 1024 ** Math.floor(Math.log(rough) / Math.log(1024));
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  const interval = unit * (steps.find((step) => step * unit >= rough) ?? 1024);
  return { interval, max: interval * Math.max(1, Math.ceil(max / interval)) };
}

function timeLabel(span: number): string {
  if (span < 10 * 60_000) return '{HH}:{mm}:{ss}';
  return span < 36 * 3_600_000 ? '{HH}:{mm}' : '{MM}-{dd} {HH}:{mm}';
}

/** Renders a chart to SVG text that scales with the page and is announced with its text. */
export function renderSvg(option: echarts.EChartsOption, height: number, text: string): Html {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    const svg = chart
      .renderToSVGString()
      .replace(/^<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${escape(text)}"`);
    return trusted(svg);
  } finally {
    chart.dispose();
  }
}

/** At most about `most` samples, evenly taken, with the first and the last. */
export function thinned<T>(samples: T[], most = 500): T[] {
  const step = Math.ceil(samples.length / most);
  return step <= 1 ? samples : samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
}

/** Whole numbers on an axis. */
export function wholeNumber(value: number): string {
  return Number.isInteger(value) ? count(value) : '';
}

/** The largest of any number of values (a spread into `Math.max` overflows the stack with a long migration's samples). */
export function largest(values: number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
