import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { bundlePage } from '../../src/console/bundle-page';
import { LivingWorld, livingPlan } from '../view/living-world';
import { startCliLab, type CliLab } from '../cli/support';
import { until, type Handle } from '../workflows/support/lab';
import { launchChromium, watchMisdeeds } from './browser';

jest.setTimeout(300_000);

/** Where what was seen is left, for people to look at. */
const PICTURES = join(__dirname, '..', '..', 'out', 'test', 'console');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let lab: CliLab;
let browser: Browser;
let page: Page;
let handle: Handle;
let url = '';
let misdeeds: string[];
const world = new LivingWorld({ shards: 60, everyMs: 400 });
const ctrlC = new AbortController();
let console: Promise<{ code: number; stdout: string; stderr: string }>;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  await bundlePage();
  lab = await startCliLab();
  browser = await launchChromium();
  lab.worlds.set('bigswitch-shop', world);
  handle = (await lab.env.client.workflow.start('migrateCluster', {
    taskQueue: lab.taskQueue,
    workflowId: 'bigswitch-shop',
    args: [livingPlan()],
  })) as Handle;
  await until(handle, ({ phase }) => phase === 'replicate');
  const address = new Promise<string>((resolve) => {
    const onStdout = (text: string) => resolve(/http:\S+/.exec(text)?.[0] ?? text);
    const argv = ['console', 'shop', '--no-open', '--by', 'ann'];
    console = lab.bigswitch(argv, { onStdout, ctrlC: ctrlC.signal });
  });
  url = await address;
  // Other tabs of this browser are to be possible, with the same cookies.
  page = await (await browser.newContext({ viewport: { width: 1180, height: 900 } })).newPage();
  page.setDefaultTimeout(90_000);
  misdeeds = watchMisdeeds(page);
}, 300_000);

afterAll(async () => {
  ctrlC.abort();
  await browser?.close();
  await handle?.terminate('the test is over').catch(() => undefined);
  await lab?.close();
}, 120_000);

const see = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });

/** What axe, the checker of accessibility, finds wrong. */
async function barriers(): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test('the address works once, and leaves no token behind', async () => {
  await page.goto(url);
  expect(page.url()).toBe(`${new URL(url).origin}/`);
  await page.getByRole('heading', { name: /^shop/ }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: /^shop/ }).waitFor();
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await other.goto(url);
  await other.getByText('This address was used already').waitFor();
  await stranger.close();
});

test('a page of another port of this machine gets nothing that lets it in', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const evil = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, { 'content-type': 'text/html' }).end('<img src="/picture">');
  }).listen(0, '127.0.0.1');
  await once(evil, 'listening');
  try {
    const address = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`;
    // In the same browser, in which the console is open.
    const other = await page.context().newPage();
    await other.goto(address);
    await other.waitForLoadState('load');
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map(({ cookie }) => cookie)).toEqual(seen.map(() => undefined));
    expect(await other.evaluate('sessionStorage.length')).toBe(0);
    const say = { kind: 'approve', gate: 'big-switch', token: 'x', typed: 'big-switch' };
    const script = `fetch('${new URL(url).origin}/say', { method: 'POST', credentials: 'include', mode: 'no-cors',
      headers: { 'content-type': 'text/plain' }, body: ${JSON.stringify(JSON.stringify(say))} })
      .then((answer) => answer.status, () => 'refused')`;
    // What it is told of the answer is nothing; 0 stands for an answer that it may not see.
    expect([0, 'refused']).toContain(await other.evaluate(script));
    await other.close();
  } finally {
    evil.close();
    evil.closeAllConnections();
  }
});

test('shards are seen on their way from old to new, with plots and hosts', async () => {
  await page.locator('.side.new .arriving').first().waitFor({ state: 'attached' });
  expect(await page.locator('.side.old .moving').count()).toBeGreaterThan(0);
  await page.locator('.side.new .primary').nth(12).waitFor({ state: 'attached' });
  expect(await page.locator('.cells i').count()).toBeGreaterThanOrEqual(120);
  expect(await page.getByRole('img', { name: /^old-1: \d+ primary, \d+ replica/ }).count()).toBe(1);
  expect(await page.locator('.timeline [aria-current=step]').innerText()).toContain('replicate');
  await page.getByText(/^bridge: now .*\/s, at most/).waitFor();
  await page.getByText(/^app-1: now .* ms.*; app-2: now/).waitFor();
  expect(await page.locator('.plot canvas').count()).toBe(2);
  expect(await page.getByRole('row', { name: /hub hub carries the bridge/ }).count()).toBe(1);
  await see('moving-light');
  expect(await barriers()).toEqual([]);
});

test('the gate shows its evidence, and is passed with the keyboard alone once its name is typed', async () => {
  await page.getByRole('heading', { name: 'Gate big-switch waits for a person' }).waitFor();
  expect(await page.title()).toBe('● gate big-switch – shop');
  expect(await page.locator('.facts li').count()).toBe(4);
  const button = page.getByRole('button', { name: 'Approve big-switch' });
  expect(await button.isDisabled()).toBe(true);
  await page.emulateMedia({ colorScheme: 'dark' });
  await see('gate-dark');
  expect(await barriers()).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await see('gate-light');
  expect(await barriers()).toEqual([]);

  const focused = () => page.evaluate<string>(`document.activeElement?.closest('label')?.textContent ?? ''`);
  for (let i = 0; i < 10 && !(await focused()).startsWith('Type big-switch'); i++) await page.keyboard.press('Tab');
  await page.keyboard.type('big-switcH');
  await page.keyboard.press('Enter');
  expect(await button.isDisabled()).toBe(true);
  await page.keyboard.press('Backspace');
  await page.keyboard.type('h');
  await page.keyboard.press('Enter');
  await page.getByText('approve of gate big-switch by ann is accepted.').waitFor();
  expect(await page.evaluate('document.activeElement?.id')).toBe('answer');
  await page.getByRole('row', { name: /approve big-switch ann/ }).waitFor();
});

test('a drain is rejected with a reason, and the run continued', async () => {
  await page.getByRole('heading', { name: 'Gate drain:old-1 waits for a person' }).waitFor();
  await page.getByText('Reject it; the run is then paused').click();
  await page.getByLabel('Why not?').fill('not <b>today</b>');
  await page.getByRole('button', { name: 'Reject drain:old-1' }).click();
  await page.getByText('reject of gate drain:old-1 by ann is accepted.').waitFor();
  await page.getByRole('alert').getByText('Paused by ann: gate drain:old-1 was rejected: not <b>today</b>.').waitFor();
  await page.getByRole('row', { name: /reject drain:old-1 ann not <b>today<\/b>/ }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('resume by ann is accepted.').waitFor();
  await page.getByLabel('Type yes to approve').fill('yes');
  await page.getByRole('button', { name: 'Approve drain:old-1' }).click();
  await page.getByRole('row', { name: /approve drain:old-1 ann/ }).waitFor();
});

test('it can be read on a narrow screen', async () => {
  await page.setViewportSize({ width: 400, height: 800 });
  await see('narrow');
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(400);
  await page.setViewportSize({ width: 1180, height: 900 });
});

test('the page did nothing that it must not do', () => {
  expect(misdeeds).toEqual([]);
});

test('Ctrl-C ends the page, which says so, and nothing else', async () => {
  ctrlC.abort();
  const { code, stdout, stderr } = await console;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^The page was opened at .*\. If that was not you: Ctrl-C\.\n/);
  expect(stderr).toMatch(/\nThe page is gone\. bigswitch-shop does not need it\.\n$/);
  expect(stdout).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}\nThis address works once, in one tab of a browser on this machine\./,
  );
  await page.getByRole('alert').getByText('No connection to the console').waitFor();
  expect(await until(handle, () => true)).toMatchObject({ outcome: 'running' });
});
