import { heldSentence, rollbackSentence } from '../view/held';
import { wordOf } from '../view/outcome';
import type { PhaseView, View } from '../view/view';
import { bytes, clock, count, duration } from '../text/format';
import { fit, line, shorten, spread, styled, widthOf, wrap, type Line, type Span, type Style } from './text';

/** A picture that is older than this many milliseconds says so. */
const FRESH_MS = 5_000;

/** Name, what the run is, and the time of day. */
export function titleLine(view: View, now: number, columns: number): Line {
  const age = now - view.at;
  const { word, tone } = wordOf(view);
  const stale = age > FRESH_MS ? [styled('warn', `seen ${duration(age / 1000)} ago  `)] : [];
  const right = [...stale, styled('dim', `${clock(new Date(now).toISOString())} UTC`)];
  return spread(line(styled('bold', `bigswitch ${view.name}`), '  ', styled(tone, word)), right, columns);
}

const SIGN: Record<PhaseView['state'], [sign: string, style: Style]> = {
  done: ['✓', 'good'],
  now: ['▶', 'key'],
  later: ['·', 'dim'],
  'ended early': ['✗', 'bad'],
};

/** Every phase with its sign; where that is too wide, those that are done are signs alone. */
export function phaseLine(phases: readonly PhaseView[], columns: number): Line {
  const spans = (withDone: boolean) =>
    phases.flatMap((phase) => (withDone || phase.state !== 'done' ? phaseSpans(phase) : [styled('good', '✓')]));
  const named = spans(true);
  return fit(widthOf(named) <= columns ? named : spans(false), columns);
}

function phaseSpans({ phase, state, seconds }: PhaseView): Span[] {
  const [sign, style] = SIGN[state];
  const time = state === 'now' && seconds !== undefined ? ` ${duration(Math.round(seconds))}` : '';
  return [styled(style, state === 'done' ? `${sign} ${phase}  ` : ` ${sign} ${phase}${time} `)];
}

/** What is done now, and how far it has come. */
export function doingLines(view: View, columns: number): Line[] {
  const doing = fit(line(shorten(view.doing, columns)), columns);
  return view.progress ? [doing, progressLine(view.progress, columns)] : [doing];
}

function progressLine(progress: NonNullable<View['progress']>, columns: number): Line {
  const { share, shardsLeft, shardsTotal, bytesLeft, bytesPerSecond, etaSeconds } = progress;
  const eta = etaSeconds === undefined ? 'time left unknown' : `${duration(etaSeconds)} left`;
  const figures =
    ` ${Math.floor(share * 100)} %  ${count(shardsTotal - shardsLeft)} of ${count(shardsTotal)} shards, ` +
    `${bytes(bytesLeft)} to go, ${bytes(bytesPerSecond)}/s, ${eta}`;
  const room = Math.max(8, columns - figures.length);
  const full = Math.round(share * room);
  return fit(line(styled('new', '█'.repeat(full)), styled('dim', '░'.repeat(room - full)), figures), columns);
}

/** What keeps the run from going on, each with what to do, in at most so many lines. */
export function troubleLines(view: View, columns: number, most: number): Line[] {
  const { blocked, asks, progress, problem, retries } = view;
  const held = heldSentence(view);
  const c = blocked === undefined ? '  [c] goes on.' : '';
  const stuck = progress?.stuck;
  const told: [style: 'bad' | 'warn', text: string | undefined][] = [
    ['bad', blocked === undefined ? undefined : `Blocked: ${blocked}  [c] tries again.`],
    ['warn', asks === undefined ? undefined : `It asks: ${asks}`],
    ['warn', progress?.waits && `Waits: ${progress.waits}`],
    ['bad', stuck && `Stuck: ${stuck.sentence} ${stuck.action}`],
    ['warn', held && `${held}${c}`],
    ['warn', rollbackSentence(view)],
    ['warn', problem],
    ...retries.map((sentence): ['warn', string] => ['warn', sentence]),
  ];
  const lines = told.flatMap(([style, text]) =>
    (text === undefined ? [] : wrap(text, columns)).map((part) => fit(line(styled(style, part)), columns)),
  );
  if (lines.length <= most) return lines;
  const more = `… ${lines.length - most + 1} more lines: bigswitch status ${view.name}`;
  return [...lines.slice(0, most - 1), fit(line(styled('dim', more)), columns)];
}
