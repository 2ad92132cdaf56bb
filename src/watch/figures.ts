import type { AppStats } from '../contract/progress';
import { bytes, clock, count, milliseconds } from '../text/format';
import type { HostView } from '../view/hosts';
import { rateBetween } from '../view/rates';
import type { View } from '../view/view';
import { fit, line, styled, type Line, type Span, type Style } from './text';

const HEALTH: Record<View['cluster']['health'], Style> = {
  green: 'good',
  yellow: 'warn',
  red: 'bad',
  unknown: 'warn',
};

/** An app host, and what it says of its requests where it does. */
type App = HostView & { stats?: AppStats };

const LABEL = 9;
const BARS = '▁▂▃▄▅▆▇█';

/** Health, bridge, and each app with what it says of itself; of many apps, as many as `most` lines take. */
export function figureLines(view: View, columns: number, most: number): Line[] {
  const apps = view.hosts
    .filter(({ role }) => role === 'app')
    .map((host): App => ({ ...host, stats: view.apps.find(({ name }) => name === host.name) }));
  const room = Math.max(0, most - 2);
  const shown = apps.length <= room ? apps : apps.slice(0, Math.max(0, room - 1));
  const rest = apps.slice(shown.length);
  return [
    clusterLine(view, columns),
    bridgeLine(view, columns),
    ...shown.map((app) => appLine(app, columns)),
    ...(rest.length > 0 && room > 0 ? [worstLine(rest, columns)] : []),
  ].slice(0, most);
}

function labelled(label: string, ...parts: (string | Span)[]): Line {
  return [styled('dim', label.padEnd(LABEL)), ...line(...parts)];
}

function clusterLine({ cluster }: View, columns: number): Line {
  const { name, version, health, relocating, initializing, unassigned, seenAt } = cluster;
  const moving = [
    [relocating, 'moving'],
    [initializing, 'starting'],
  ].map(([number, word]) => `${count(Number(number))} ${word}`);
  const lost: Span = { text: `${count(unassigned)} unassigned`, ...(unassigned > 0 && { style: 'bad' as const }) };
  const seen =
    seenAt === undefined
      ? ['not seen yet']
      : [`${moving.join(', ')}, `, lost, styled('dim', `  at ${clock(new Date(seenAt).toISOString())}`)];
  return fit(
    labelled('cluster', styled(HEALTH[health], health), `  ${name}${version ? ` ${version}` : ''}  `, ...seen),
    columns,
  );
}

function bridgeLine({ bridge, samples }: View, columns: number): Line {
  if (bridge.bytes === undefined) return fit(labelled('bridge', styled('dim', 'no bridge to measure')), columns);
  const rate = bridge.bytesPerSecond === undefined ? 'rate unknown' : `${bytes(bridge.bytesPerSecond)}/s`;
  const rates = samples.slice(1).map((sample, i) => {
    const before = samples[i];
    return before && rateBetween(before, sample);
  });
  const room = Math.min(40, columns - LABEL - 36);
  return fit(
    labelled('bridge', rate.padEnd(13), `${bytes(bridge.bytes)} so far`.padEnd(18), ' ', {
      text: room > 4 ? bars(rates.slice(-room)).trimStart() : '',
      style: 'new',
    }),
    columns,
  );
}

/** Figures as bars of one character each; one that is not known is a gap. */
export function bars(values: readonly (number | undefined)[]): string {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      return BARS[top > 0 ? Math.round((value / top) * (BARS.length - 1)) : 0] ?? ' ';
    })
    .join('');
}

function appLine({ name, state, stats }: App, columns: number): Line {
  const said = stats
    ? line(`p50 ${milliseconds(stats.p50Ms)}, p99 ${milliseconds(stats.p99Ms)}, `, failedOf(stats))
    : [];
  return fit(labelled('app', `${name}  `, ...said, styled('dim', `${stats ? '  ' : ''}${state}`)), columns);
}

function failedOf({ failed, requests }: Pick<AppStats, 'failed' | 'requests'>): Span {
  return { text: `${count(failed)} of ${count(requests)} failed`, ...(failed > 0 && { style: 'bad' as const }) };
}

/** Apps that have no line of their own: the slowest of them, and all that failed. */
function worstLine(apps: readonly App[], columns: number): Line {
  const stats = apps.flatMap((app) => app.stats ?? []);
  const sum = (key: 'failed' | 'requests') => stats.reduce((total, one) => total + one[key], 0);
  const slowest = Math.max(...stats.map(({ p99Ms }) => p99Ms));
  const said =
    stats.length === 0
      ? []
      : line(`: p99 up to ${milliseconds(slowest)}, `, failedOf({ failed: sum('failed'), requests: sum('requests') }));
  return fit(labelled('apps', `${count(apps.length)} more`, ...said), columns);
}
