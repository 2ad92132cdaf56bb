import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Scope } from '../../src/elasticsearch/scope';
import { createReportActivities, reportSchema } from '../../src/activities/report';
import { buildReport } from '../../src/report/build';
import { renderPage } from '../../src/report/page';
import { at, failedInput, migratedInput, planFixture, rolledBackInput } from './fixture';

describe('the activity writeReport', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'report-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('writes both files into the plan’s folder, again and again, and leaves nothing else there', async () => {
    const plan = planFixture({ report: { folder: join(folder, 'new', 'folder') } });
    const deps = { scope: () => Promise.resolve({ plan } as Scope), log: pino({ level: 'silent' }) };
    const { writeReport } = createReportActivities(deps);
    await writeReport(migratedInput());
    const files = await writeReport(migratedInput());
    expect((await readdir(join(folder, 'new', 'folder'))).sort()).toEqual(['report.html', 'report.json']);
    const json: unknown = JSON.parse(await readFile(files.json, 'utf8'));
    expect(reportSchema.parse(json)).toEqual(json);
    expect(await readFile(files.html, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
  });
});

test('a list that is not whole says how much of it is missing', () => {
  const report = buildReport(planFixture(), { ...migratedInput(), leftOut: { audit: 1, ledger: 1200, undone: 3 } });
  expect(report.leftOut).toEqual({ audit: 1, ledger: 1200, undone: 3 });
  const page = renderPage(report).replace(/\s+/g, ' ');
  expect(page.match(/Not shown: [^.]*/g)).toEqual(['Not shown: 1,203 further entries', 'Not shown: 1 further entry']);
  expect(renderPage(buildReport(planFixture(), migratedInput()))).not.toContain('Not shown');
});

describe('report.json', () => {
  it('tells time, downtime, health, bridge and savings in figures', () => {
    const { figures } = buildReport(planFixture(), migratedInput());
    expect(figures.seconds).toBe(399);
    expect(figures.downtime).toMatchObject({ seconds: 0, failedRequests: 0, resolutionSeconds: 2 });
    expect(figures.health).toEqual({ samples: 199, belowGreenSeconds: 0, unknownSeconds: 2 });
    expect(figures.bridgeRatio).toBeCloseTo(127.8 / 118);
    expect(figures.savings).toEqual({ currency: 'USD', oldPerMonth: 2310, newPerMonth: 810, perMonth: 1500 });
  });

  it('counts the time in which no app had a success, and every failed request', () => {
    const input = migratedInput();
    const dead = { requests: 40, failed: 40, p50Ms: 1, p99Ms: 1 };
    const alive = { requests: 40, failed: 3, p50Ms: 1, p99Ms: 1 };
    [10, 11, 12].forEach((index) => (input.samples[index]!.apps = { 'app-1': dead, 'app-2': dead }));
    input.samples[20]!.apps = { 'app-1': dead, 'app-2': alive };
    const report = buildReport(planFixture(), input);
    expect(report.figures.downtime).toMatchObject({ seconds: 6, failedRequests: 3 * 80 + 43 });
    expect(report.verdict.sentences.join(' ')).toContain('Downtime was about 6.0 s: the apps reported 283 failed');
  });

  it('never calls downtime or health good when nobody measured it', () => {
    const input = { ...migratedInput(), samples: migratedInput().samples.map(({ apps: _, ...rest }) => rest) };
    expect(buildReport(planFixture(), input).verdict.sentences).toContain(
      'Downtime was not measured: no app in the plan has a “stats” command.',
    );
    const page = renderPage(buildReport(planFixture(), failedInput()));
    expect(page).not.toMatch(/<dd>(none|never)/);
  });

  it('counts yellow and red as below green', () => {
    const input = migratedInput();
    input.samples[30]!.health = 'yellow';
    input.samples[31]!.health = 'red';
    const report = buildReport(planFixture(), input);
    expect(report.figures.health.belowGreenSeconds).toBe(4);
    expect(report.verdict.sentences.join(' ')).toContain('The cluster was below green for 4.0 s');
  });

  it('knows what stays from what was undone, and takes a retried step for one', () => {
    const input = migratedInput();
    input.ledger.push({ ...input.ledger[0]!, changed: false });
    const { changes } = buildReport(planFixture(), input);
    const stays = changes.filter((change) => change.stays).map(({ host, step }) => `${host} ${step}`);
    expect(changes).toHaveLength(migratedInput().ledger.length);
    expect(stays).toContain('old-1 elasticsearch-stop');
    expect(stays).toContain('new-1 package-haproxy');
    expect(stays.some((change) => /redirect|openvpn|bridge|cluster-000/.test(change))).toBe(false);
    expect(stays).not.toContain('new-1 front-directory');
  });

  it('marks a failed check as waived only where the plan waives it', () => {
    const waived = (waive: string[]) =>
      buildReport(planFixture({ waive }), migratedInput()).checks.find(({ result }) => result === 'failed')?.waived;
    expect(waived(['clock-skew'])).toBe(true);
    expect(waived(['clock-skew:old-2'])).toBe(true);
    expect(waived(['clock-skew:old-1'])).toBe(false);
  });

  it('tells a rollback and a failure as plainly as a success', () => {
    const back = buildReport(planFixture(), rolledBackInput());
    expect(back.verdict.headline).toBe(
      'The migration of “shop” was rolled back after 3 min 10 s; the cluster is on its old servers.',
    );
    expect(back.verdict.sentences.join(' ')).toMatch(
      /nightly backup\..*All 28 recorded changes were undone; nothing is left/,
    );
    expect(back.verdict.sentences.join(' ')).toMatch(
      /From phase replicate the way back took 33 s\..*green on its 3 old nodes only/,
    );
    const failed = buildReport(planFixture(), failedInput());
    expect(failed.verdict.headline).toBe('The migration of “shop” failed in phase preflight, after 7.0 s.');
    expect(failed.verdict.sentences).toContain('Nothing was changed on any host.');
    const stuck = buildReport(planFixture(), { ...rolledBackInput(), outcome: 'failed', undone: [] });
    expect(stuck.verdict.sentences.join(' ')).toContain('each with its undo on its host under /var/lib/bigswitch/');
  });
});

describe('report.html', () => {
  const page = (input = migratedInput()) => renderPage(buildReport(planFixture(), input));

  it('needs nothing from outside and runs nothing', () => {
    const text = page();
    expect(text).not.toMatch(/<(script|link|img|iframe|object)\b/i);
    expect(text).not.toMatch(/(?:src|href)\s*=\s*["']?https?:/i);
    expect(text).not.toMatch(/url\((?!#)|@import/i);
    expect(text).toContain("default-src 'none'");
  });

  it('tells the way back stage by stage, in order and with times, and its proof', () => {
    const text = page(rolledBackInput());
    const stages = rolledBackInput().rollback?.stages.map(({ what }) => what) ?? [];
    const places = ['id="way-back"', 'in phase replicate', ...stages, 'proved</span>'].map((part) =>
      text.indexOf(part),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(buildReport(planFixture(), rolledBackInput()).rollback?.stages.map(({ seconds }) => seconds)).toEqual([
      21, 2, 9,
    ]);
    expect(page()).not.toContain('id="way-back"');
  });

  it('escapes whatever came from outside, charts included', () => {
    const input = rolledBackInput();
    Object.assign(input, { gates: migratedInput().gates });
    const evil = '<img src=x onerror="alert(1)">';
    input.rollback = { ...input.rollback!, by: evil, reason: evil };
    input.rollback.stages[0]!.what = evil;
    input.proof = { proven: evil, facts: {} };
    input.reason = evil;
    input.audit.push({ at: at(5), kind: 'approve', gate: evil, by: evil, note: evil, accepted: false, reason: evil });
    input.phases[0]!.summary = evil;
    input.gates[0]!.gate = `drain:${evil}`;
    input.gates[0]!.evidence.facts[0] = { name: evil, ok: false, seen: evil };
    input.gates[0]!.approvedBy = [evil];
    input.checks[0] = { name: evil, subject: evil, result: 'failed', seen: evil, remedy: evil, waivable: true };
    input.ledger[0]!.summary = evil;
    input.samples.forEach((sample) => (sample.apps = { [evil]: { requests: 9, failed: 0, p50Ms: 1, p99Ms: 2 } }));
    const text = page(input);
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  });

  it('has a text for every chart', () => {
    const text = page();
    expect(text.match(/<svg role="img" aria-label="[^"]{40,}"/g)).toHaveLength(5);
    expect(text.match(/<figcaption>[^<]{40,}/g)).toHaveLength(5);
    expect(text).toContain(
      'At first 41 on the old and 0 on the new side; at last 0 on the old and 41 on the new side.',
    );
  });

  it('shows refusals, both approvers and the evidence of every gate', () => {
    const text = page();
    expect(text).toContain('refused');
    expect(text).toMatch(/ada@example\.org<\/bdi> and <bdi>grace@example\.org/);
    for (const { evidence } of migratedInput().gates)
      for (const { seen } of evidence.facts) expect(text).toContain(seen);
  });

  it('says of each gate what was compared of the data, what that proves, and what was not compared', () => {
    const text = page();
    const section = text.slice(text.indexOf('id="data"'), text.indexOf('id="preflight"'));
    expect(section.match(/the same<\/span>/g)).toHaveLength(5);
    expect(section).toMatch(/old-2 with the new side[^]*80<\/td>/);
    expect(section.match(/Each copy has processed every write/g)).toHaveLength(1);
    expect(section).toContain('audit (keeps no _source)');
    expect(section).toContain('It does not prove that they are the same documents.');
    expect(section).toMatch(/new-1 \(primary\)<\/td>[^]*5,000<\/td>[^]*5,211<\/td>[^]*5,211<\/td>[^]*5,210<\/td>/);
    expect(section).toContain('34 copies more of smaller indices are not listed');
    const input = migratedInput();
    const { data } = input.gates[1]!.evidence;
    data!.different = [{ index: '<orders>', what: 'shard 2 has 5 documents on old-2, 6 documents on new-1' }];
    data!.differentMore = 3;
    expect(page(input)).toMatch(/differs<\/span>[^]*&lt;orders&gt; \(shard 2 has 5 documents[^]* and 3 more/);
    input.gates.forEach(({ evidence }) => delete evidence.data);
    expect(page(input)).not.toContain('id="data"');
  });

  it('draws a long migration of many apps without growing with its samples', () => {
    const input = migratedInput();
    const stats = { requests: 10, failed: 0, p50Ms: 3, p99Ms: 9 };
    const apps = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`app-${index}`, stats]));
    const sample = input.samples[3]!;
    input.samples = Array.from({ length: 20_000 }, (_, index) => ({
      ...sample,
      t: Date.parse(input.startedAt) + index * 1000,
      apps,
    }));
    const text = page(input);
    expect(text.length).toBeLessThan(400_000);
    expect(text).toContain('slowest of 40 apps');
  });
});

test('a host that was given up is told with who, why, and what stays there', () => {
  const input = migratedInput();
  const left = input.ledger.filter(({ host }) => host === 'old-1').slice(0, 1);
  const given = { host: 'old-1', role: 'old' as const, by: 'ann', reason: 'handed back', at: input.endedAt };
  const report = buildReport(planFixture(), { ...input, givenUp: [{ ...given, nodeName: 'old-1', left }] });
  expect(report.verdict.sentences).toContain('old-1 was given up by ann: handed back.');
  expect(report.givenUp).toEqual([{ ...given, left: left.map(({ step, summary }) => ({ step, summary })) }]);
  const page = renderPage(report);
  expect(page).toContain('Hosts that were given up');
  for (const { summary } of left) expect(page).toContain(summary);
  expect(renderPage(buildReport(planFixture(), input))).not.toContain('Hosts that were given up');
});
