import { bytes, clock, count, counted, dateTime, duration, money, ratio } from '../text/format';
import { html, named, type Html, type Part } from '../text/html';
import { badge, table } from './parts';
import type { Report } from '../contract/report';

/** The outcome and the verdict in plain words, on top. */
export function head(report: Report): Html {
  const outcome = {
    migrated: badge('good', 'migrated'),
    'rolled-back': badge('warn', 'rolled back'),
    failed: badge('bad', 'failed'),
  }[report.outcome];
  return html`<header>
    <div class="head">
      ${outcome}<span>bigswitch report · <b>${report.name}</b></span
      ><span>${dateTime(report.startedAt)} to ${clock(report.endedAt)}</span>
    </div>
    <h1>${report.verdict.headline}</h1>
    <p class="lead">${report.verdict.sentences.join(' ')}</p>
  </header>`;
}

/** The figures that people ask for first. */
export function tiles({ figures, cluster, bridge, outcome }: Report): Html {
  const tile = (name: string, value: Part, more?: Part) =>
    html`<div class="tile">
      <dt>${name}</dt>
      <dd>${value}${more === undefined ? undefined : html`<small>${more}</small>`}</dd>
    </div>`;
  const { downtime, health, savings } = figures;
  const below = health.belowGreenSeconds;
  return html`<dl class="tiles">
    ${tile(outcome === 'migrated' ? 'Moved in' : 'Took', duration(figures.seconds), cluster && `${counted(cluster.shards, 'shard')}, ${bytes(cluster.totalBytes)}`)}
    ${
      downtime
        ? tile(
            'Downtime',
            downtime.seconds === 0 ? 'none' : duration(downtime.seconds),
            `${count(downtime.failedRequests)} failed requests, as the apps say`,
          )
        : tile('Downtime', 'not measured', 'no sample from an app')
    }
    ${
      health.samples === 0
        ? tile('Below green', 'not measured', 'no sample was taken')
        : tile(
            'Below green',
            below === 0 ? 'never' : duration(below),
            health.unknownSeconds > 0
              ? `no answer for ${duration(health.unknownSeconds)}`
              : `${counted(health.samples, 'sample')}, each answered`,
          )
    }
    ${figures.bridgeBytes !== undefined && tile('Over the bridge', bytes(figures.bridgeBytes), figures.bridgeRatio !== undefined && `${ratio(figures.bridgeRatio)} the bytes of the primaries`)}
    ${bridge && tile('Bridge', `${bridge.throughputMBps.toFixed(1)} MiB/s`, `${counted(bridge.clients, 'client')}, packets up to ${count(bridge.mtu)} bytes`)}
    ${
      savings &&
      outcome === 'migrated' &&
      tile(
        savings.perMonth >= 0 ? 'Saves a month' : 'Costs more a month',
        money(Math.abs(savings.perMonth), savings.currency),
        `${money(savings.oldPerMonth, savings.currency)} → ${money(savings.newPerMonth, savings.currency)}`,
      )
    }
  </dl>`;
}

/** Start, duration and one sentence for each phase. */
export function phases({ phases }: Report): Html {
  return html`<section>
    <h2 id="phases">By phase</h2>
    ${table(phases, [
      { head: 'Phase', kind: 'tight', cell: ({ phase }) => html`<b>${phase}</b>` },
      { head: 'Start (UTC)', kind: 'tight num', cell: ({ startedAt }) => clock(startedAt) },
      {
        head: 'Took',
        kind: 'tight num',
        cell: ({ phase, seconds }) =>
          seconds !== undefined ? duration(seconds) : phase === 'report' ? '–' : badge('warn', 'not ended'),
      },
      {
        head: 'What it did',
        cell: ({ phase, summary }) => summary ?? (phase === 'report' ? 'Wrote this report.' : '–'),
      },
    ])}
  </section>`;
}

/** What was put right on the way back, in which order and how long it took, and the proof at its end. */
export function wayBack({ rollback, proof }: Report): Html | undefined {
  if (!rollback) return undefined;
  const { by, reason, at, from, seconds, stages } = rollback;
  return html`<section>
    <h2 id="way-back">The way back</h2>
    <p class="note">
      Turned round by <b>${named(by)}</b> at ${clock(at)} UTC, in phase ${from}: ${named(reason)}. Everything was back
      after ${duration(seconds)}.
    </p>
    ${table(stages, [
      { head: 'Start (UTC)', kind: 'tight num', cell: ({ startedAt }) => clock(startedAt) },
      { head: 'Took', kind: 'tight num', cell: (stage) => duration(stage.seconds) },
      { head: 'What was put right', cell: ({ what }) => what },
    ])}
    ${proof && html`<p>${badge('good', 'proved')} ${proof.proven}</p>`}
  </section>`;
}

/** Hosts that were given up, by whom and why, and what was changed on them and stays for good. */
export function givenUp({ givenUp: hosts }: Report): Html | undefined {
  if (!hosts || hosts.length === 0) return undefined;
  return html`<section>
    <h2 id="given-up">Hosts that were given up</h2>
    <p class="note">Nothing was asked of them any more. What was changed on them is not taken back.</p>
    ${table(hosts, [
      { head: 'At (UTC)', kind: 'tight num', cell: ({ at }) => clock(at) },
      { head: 'Host', kind: 'tight', cell: ({ host, role }) => `${host} (${role})` },
      { head: 'By', kind: 'tight', cell: ({ by }) => named(by) },
      { head: 'Why', cell: ({ reason }) => named(reason) },
      {
        head: 'Left there',
        cell: ({ left }) => (left.length === 0 ? 'nothing' : left.map(({ summary }) => summary).join('; ')),
      },
    ])}
  </section>`;
}

/** Who approved what on which evidence. */
export function gates({ gates }: Report): Html {
  if (gates.length === 0) {
    return html`<section>
      <h2 id="gates">Who approved what</h2>
      <p class="note">No gate was passed: nothing irreversible was done.</p>
    </section>`;
  }
  const one = (gate: Report['gates'][number]) =>
    html`<div class="gate">
      <div class="head">
        <h3>${gate.gate}</h3>
        <span>approved by <b>${gate.approvedBy.map((by, index) => [index > 0 && ' and ', named(by)])}</b></span
        ><span>${clock(gate.passedAt)} UTC, after ${duration(gate.waitedSeconds)}</span>
      </div>
      ${table(gate.evidence.facts, [
        { head: 'Evidence', cell: ({ name }) => name },
        { head: '', kind: 'tight', cell: ({ ok }) => (ok ? badge('good', 'holds') : badge('bad', 'does not hold')) },
        { head: `Seen at ${clock(gate.evidence.takenAt)} UTC`, cell: ({ seen }) => seen },
      ])}
    </div>`;
  return html`<section>
    <h2 id="gates">Who approved what, on which evidence</h2>
    ${gates.map(one)}
  </section>`;
}
