import { LineChart, type LineSeriesOption } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sample } from '../../contract/progress';
import { bytes, milliseconds } from '../../text/format';
import { rateBetween } from '../../view/rates';

use([LineChart, GridComponent, LegendComponent, CanvasRenderer]);

const HEIGHT = 190;
const APP_COLOURS = ['--app-1', '--app-2', '--app-3', '--app-4'];

interface Series {
  label: string;
  /** Name of the colour in theme.css. */
  colour: string;
  /** One for each sample; null where nothing is known. */
  values: (number | null)[];
}

/** Bytes a second over the bridge, and what the apps say of their requests. */
export function Plots({ samples }: { samples: Sample[] }) {
  const times = samples.map(({ t }) => t);
  const rates = samples.map((sample, i) => {
    const before = samples[i - 1];
    return (before && rateBetween(before, sample)) ?? null;
  });
  const apps = [...new Set(samples.flatMap((sample) => Object.keys(sample.apps ?? {})))];
  const latency = apps.map((name, i) => ({
    label: name,
    colour: APP_COLOURS[i % APP_COLOURS.length] ?? '--app-1',
    values: samples.map((sample) => sample.apps?.[name]?.p99Ms ?? null),
  }));
  return (
    <div class="columns">
      <Plot
        title="Over the bridge"
        unit={(value) => `${bytes(value)}/s`}
        times={times}
        series={[{ label: 'bridge', colour: '--bridge', values: rates }]}
      />
      {latency.length > 0 && (
        <Plot
          title="Latency of the apps’ requests, 99th percentile"
          unit={milliseconds}
          times={times}
          series={latency}
        />
      )}
    </div>
  );
}

interface PlotProps {
  title: string;
  /** Milliseconds since the epoch. */
  times: number[];
  series: Series[];
  unit: (value: number) => string;
}

function Plot({ title, times, series, unit }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>();
  const dark = useDark();
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { height: HEIGHT });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize({ height: HEIGHT }));
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  const labels = series.map(({ label }) => label).join();
  useEffect(() => {
    chart.current?.setOption(optionOf({ times, series, unit }), { notMerge: true });
  }, [times.at(-1), labels, dark]);
  return (
    <section class="plot">
      <h2>{title}</h2>
      <p class="meta">{series.map((one) => summary(one, unit)).join('; ')}</p>
      {/* The figures above say the same in words. */}
      <div ref={place} aria-hidden="true" />
    </section>
  );
}

function summary({ label, values }: Series, unit: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${label}: nothing measured yet`;
  return `${label}: now ${unit(last)}, at most ${unit(known.reduce((one, other) => Math.max(one, other), 0))}`;
}

function optionOf({ times, series, unit }: Omit<PlotProps, 'title'>) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour('--ink-2'), fontFamily: style.getPropertyValue('--font'), fontSize: 12 };
  const line = { lineStyle: { color: colour('--line') } };
  const several = series.length > 1;
  return {
    animation: false,
    grid: { left: 4, right: 12, top: several ? 30 : 12, bottom: 4, outerBoundsMode: 'same' },
    legend: {
      show: several,
      top: 0,
      left: 0,
      textStyle: text,
      icon: 'roundRect',
      itemWidth: 14,
      itemHeight: 8,
      selectedMode: false,
    },
    xAxis: { type: 'time', axisLabel: { ...text, hideOverlap: true }, axisLine: line, splitLine: { show: false } },
    yAxis: { type: 'value', min: 0, splitNumber: 3, axisLabel: { ...text, formatter: unit }, splitLine: line },
    series: series.map(({ label, colour: name, values }): LineSeriesOption => ({
      type: 'line',
      name: label,
      color: colour(name),
      data: values.map((value, i) => [times[i] ?? 0, value ?? '-']),
      showSymbol: false,
      silent: true,
      sampling: 'lttb',
      lineStyle: { width: 2 },
    })),
  };
}

/** Whether the page is dark; plots are painted and have to be painted anew. */
function useDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = () => setDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return dark;
}
