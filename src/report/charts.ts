import type { EChartsOption, SeriesOption } from 'echarts';
import {
  byteTicks,
  COLOUR,
  gateLines,
  largest,
  phaseBands,
  renderSvg,
  thinned,
  timeFrame,
  valueAxis,
  wholeNumber,
  type Chart,
} from './chart-frame';
import { bytes, count, milliseconds, ratio } from '../text/format';
import type { Report } from '../contract/report';

type Sample = Report['samples'][number];
const HEIGHT = 260;
/** Latency lines: one colour an app, more apps begin again. */
const APP_COLOURS = ['var(--app-1)', 'var(--app-2)', 'var(--app-3)', 'var(--app-4)'];
/** More apps than this are told by their worst only, or nobody could read the plot. */
const MOST_APPS = 4;

/** Every chart for which there is something to show. */
export function charts(report: Report): Chart[] {
  return [shards(report), sizes(report), bridge(report), latency(report)].filter((chart) => chart !== undefined);
}

/** A sample in which nobody answered has no counts: a hole in the plot, never a zero. */
function known(sample: Sample, value: number): number | null {
  return sample.health === 'unknown' ? null : value;
}

function side(
  name: string,
  colour: string,
  data: [number, number | null][],
  marks: Partial<SeriesOption>,
): SeriesOption {
  return {
    name,
    type: 'line',
    stack: 'sides',
    step: 'end',
    symbol: 'none',
    silent: true,
    connectNulls: false,
    lineStyle: { width: 1.2, color: colour },
    itemStyle: { color: colour },
    areaStyle: { color: colour, opacity: 0.3 },
    data,
    ...marks,
  } as SeriesOption;
}

function bothSides(
  report: Report,
  pick: (sample: Sample) => [number, number],
  axis: EChartsOption['yAxis'],
  text: string,
) {
  const points = thinned(report.samples);
  const column = (index: 0 | 1) =>
    points.map((sample): [number, number | null] => [sample.t, known(sample, pick(sample)[index])]);
  return renderSvg(
    {
      ...timeFrame(report, HEIGHT),
      yAxis: axis,
      series: [
        side('new side', COLOUR.new, column(1), { markArea: phaseBands(report, true) }),
        side('old side', COLOUR.old, column(0), { markLine: gateLines(report) }),
      ],
    },
    HEIGHT,
    text,
  );
}

/** First and last sample in which somebody answered. */
function ends(report: Report): [Sample, Sample] | undefined {
  const answered = report.samples.filter(({ health }) => health !== 'unknown');
  const first = answered[0];
  const last = answered[answered.length - 1];
  return first && last ? [first, last] : undefined;
}

function shards(report: Report): Chart | undefined {
  const [first, last] = ends(report) ?? [];
  if (!first || !last) return undefined;
  const text =
    `Shard copies on each side over time. At first ${count(first.oldShards)} on the old and ${count(first.newShards)} on ` +
    `the new side; at last ${count(last.oldShards)} on the old and ${count(last.newShards)} on the new side.`;
  const pick = (sample: Sample): [number, number] => [sample.oldShards, sample.newShards];
  return { id: 'shards', title: 'Shards per side', svg: bothSides(report, pick, valueAxis(wholeNumber), text), text };
}

function sizes(report: Report): Chart | undefined {
  const [first, last] = ends(report) ?? [];
  if (!first || !last) return undefined;
  const text =
    `Bytes of shard copies on each side over time. At first ${bytes(first.oldBytes)} on the old and ${bytes(first.newBytes)} ` +
    `on the new side; at last ${bytes(last.oldBytes)} on the old and ${bytes(last.newBytes)} on the new side.`;
  const ticks = byteTicks(largest(report.samples.map((sample) => sample.oldBytes + sample.newBytes)));
  const pick = (sample: Sample): [number, number] => [sample.oldBytes, sample.newBytes];
  return { id: 'bytes', title: 'Bytes per side', svg: bothSides(report, pick, valueAxis(bytes, ticks), text), text };
}

function bridge(report: Report): Chart | undefined {
  const points = thinned(report.samples.filter((sample) => sample.bridgeBytes !== undefined));
  const last = points[points.length - 1]?.bridgeBytes;
  if (last === undefined) return undefined;
  const primaries = report.cluster?.primaryBytes ?? 0;
  const crossed = report.figures.bridgeBytes ?? last;
  const compared =
    primaries > 0
      ? ` The primaries are ${bytes(primaries)}, so ${ratio(crossed / primaries)} their bytes crossed.`
      : '';
  const text = `Bytes over the bridge over time, counted from its first: ${bytes(crossed)} in all.${compared}`;
  const svg = renderSvg(
    {
      ...timeFrame(report, HEIGHT),
      yAxis: valueAxis(
        bytes,
        byteTicks(1.08 * Math.max(primaries, ...points.map(({ bridgeBytes }) => bridgeBytes ?? 0))),
      ),
      series: [
        {
          name: 'over the bridge',
          type: 'line',
          symbol: 'none',
          silent: true,
          lineStyle: { width: 2, color: COLOUR.bridge },
          itemStyle: { color: COLOUR.bridge },
          areaStyle: { color: COLOUR.bridge, opacity: 0.15 },
          data: points.map(({ t, bridgeBytes }) => [t, bridgeBytes ?? null]),
          markArea: phaseBands(report, true),
          markLine: gateLines(report),
        },
        ...(primaries > 0 ? [level('bytes of primaries', primaries, report)] : []),
      ],
    },
    HEIGHT,
    text,
  );
  return { id: 'bridge', title: 'Bytes over the bridge, against the bytes of the primaries', svg, text };
}

function level(name: string, value: number, report: Report): SeriesOption {
  return {
    name,
    type: 'line',
    symbol: 'none',
    silent: true,
    lineStyle: { width: 1.4, type: [2, 3], color: COLOUR.text },
    itemStyle: { color: COLOUR.text },
    data: [
      [Date.parse(report.startedAt), value],
      [Date.parse(report.endedAt), value],
    ],
  };
}

interface AppLine {
  name: string;
  points: { t: number; p50: number; p99: number }[];
}

function appLines(report: Report): AppLine[] {
  const names = [...new Set(report.samples.flatMap((sample) => Object.keys(sample.apps ?? {})))];
  const of = (name: string, sample: Sample) => {
    const stats = sample.apps?.[name];
    return stats && stats.requests > 0 ? [{ t: sample.t, p50: stats.p50Ms, p99: stats.p99Ms }] : [];
  };
  if (names.length <= MOST_APPS)
    return names.map((name) => ({ name, points: report.samples.flatMap((s) => of(name, s)) }));
  const worst = report.samples.flatMap((sample) => {
    const all = names.flatMap((name) => of(name, sample));
    if (all.length === 0) return [];
    return [{ t: sample.t, p50: Math.max(...all.map(({ p50 }) => p50)), p99: Math.max(...all.map(({ p99 }) => p99)) }];
  });
  return [{ name: `slowest of ${names.length} apps`, points: worst }];
}

function latency(report: Report): Chart | undefined {
  const lines = appLines(report).filter(({ points }) => points.length > 0);
  if (lines.length === 0) return undefined;
  const slowest = largest(lines.flatMap(({ points }) => points.map(({ p99 }) => p99)));
  const told = lines.map(({ name, points }) => {
    const middle = [...points].sort((a, b) => a.p50 - b.p50)[Math.floor(points.length / 2)];
    return `${name}: typically ${milliseconds(middle?.p50 ?? 0)}`;
  });
  const text = `Request latency as the apps saw it: p50 solid, p99 dashed. ${told.join('; ')}. The slowest p99 was ${milliseconds(slowest)}.`;
  const series = lines.flatMap(({ name, points }, index): SeriesOption[] => {
    const colour = APP_COLOURS[index % APP_COLOURS.length] ?? COLOUR.text;
    const line = (
      label: string,
      pick: (point: AppLine['points'][number]) => number,
      dashed: boolean,
    ): SeriesOption => ({
      name: `${name} ${label}`,
      type: 'line',
      symbol: 'none',
      silent: true,
      lineStyle: { width: dashed ? 1.1 : 1.8, type: dashed ? [5, 3] : 'solid', color: colour },
      itemStyle: { color: colour },
      data: thinned(points).map((point) => [point.t, pick(point)]),
    });
    return [line('p50', ({ p50 }) => p50, false), line('p99', ({ p99 }) => p99, true)];
  });
  series[0] = { ...series[0], markArea: phaseBands(report, true), markLine: gateLines(report) };
  const svg = renderSvg(
    { ...timeFrame(report, HEIGHT), yAxis: valueAxis((ms) => `${count(ms)} ms`), series },
    HEIGHT,
    text,
  );
  return { id: 'latency', title: 'Request latency, as the apps saw it', svg, text };
}
