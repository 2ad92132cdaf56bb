import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConsoleServer } from '../../src/console/server';
import { writeWayIn } from '../../src/console/way-in';
import { buildView } from '../../src/view/view';
import type { Wish } from '../../src/view/wish';
import { ask, call, canBeAnother, firstWords, foreign, TYPES } from '../doors/strangers';
import { atBigSwitch } from '../view/facts-fixture';

const view = buildView(atBigSwitch());
const said: Wish[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bigswitch-page-'));
writeFileSync(join(folder, 'page.js'), 'let page;');
writeFileSync(join(folder, 'page.css'), 'p {}');

let server: ConsoleServer;
let url: string;
let origin: string;
let entered: number;

beforeEach(async () => {
  said.length = 0;
  entered = 0;
  server = new ConsoleServer({
    by: 'ann <ann@example.org>',
    port: 0,
    pageFolder: folder,
    say: async (wish) => {
      if (wish.kind === 'pause') throw new Error('It is paused already.');
      said.push(wish);
      return `${wish.kind} is accepted.`;
    },
    entered: () => (entered += 1),
  });
  url = await server.start();
  origin = new URL(url).origin;
  server.show(view);
});
afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, origin), { headers, redirect: 'manual' });

const post = async (path: string, body: unknown, headers: Record<string, string>) => {
  const answer = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const told = text.startsWith('{')
    ? (JSON.parse(text) as { told?: string; key?: string; by?: string })
    : { told: text };
  return { status: answer.status, ...told };
};

/** Goes in by the token, as the page does. */
async function enter() {
  const { status, key = '', by } = await post('/enter', { token: new URL(url).hash.slice(1) }, { origin });
  return { status, key, by, headers: { origin, 'x-bigswitch-key': key } };
}

const say = (body: unknown, headers: Record<string, string>) => post('/say', body, headers);

const approve = { kind: 'approve', gate: 'big-switch', token: 'ab12cd34', typed: 'big-switch' };

describe('the way into the console', () => {
  it('is the token, once, for a key that no cookie carries', async () => {
    const { status, key, by } = await enter();
    expect([status, by]).toEqual([200, 'ann <ann@example.org>']);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(entered).toBe(1);
    expect((await enter()).status).toBe(403);
    expect(entered).toBe(1);
    for (const path of ['/', '/page.js', '/events']) {
      expect((await get(path, { 'x-bigswitch-key': key })).headers.get('set-cookie')).toBeNull();
    }
  });

  it('has its token where browsers tell nobody of it', () => {
    const { pathname, search, hash } = new URL(url);
    expect([pathname, search]).toEqual(['/', '']);
    expect(hash).toMatch(/^#[\w-]{43}$/);
  });

  it('is closed to all others; the empty page tells nothing', async () => {
    const { key } = await enter();
    for (const wrong of [{}, { 'x-bigswitch-key': `${key}x` }, { 'x-bigswitch-key': '' }, { cookie: `key=${key}` }]) {
      const answer = await get('/events', wrong as Record<string, string>);
      expect(answer.status).toBe(403);
      expect(await answer.text()).not.toContain('shop');
    }
    for (const path of ['/', '/page.js', '/page.css']) expect(await (await get(path)).text()).not.toMatch(/shop|ann@/);
    expect((await get('/nothing')).status).toBe(404);
    expect((await fetch(`${origin}/`, { method: 'PUT', headers: { origin } })).status).toBe(405);
    for (const junk of ['', '{', '[]', { token: 7 }, { token: '', more: 1 }]) {
      expect((await post('/enter', junk, { origin })).status).toBe(403);
    }
  });

  it('is closed to pages of others, whatever their name, origin, method and type', async () => {
    const { key } = await enter();
    const port = Number(new URL(origin).port);
    for (const headers of foreign(port)) {
      for (const [method, path] of [
        ['GET', '/events'],
        ['POST', '/say'],
        ['POST', '/enter'],
      ] as const) {
        for (const type of TYPES) {
          const all = { ...headers, 'x-bigswitch-key': key, 'content-type': type };
          const { status } = await ask(port, method, path, all, JSON.stringify(approve));
          expect([path, all, [400, 403, 421].includes(status)]).toEqual([path, all, true]);
        }
      }
    }
    expect(said).toEqual([]);
  });

  (canBeAnother ? it : it.skip)('is closed to every other user of this machine', async () => {
    const port = Number(new URL(origin).port);
    for (const words of firstWords(port)) expect(await call(port, words, 'another')).toBe('closed');
    expect(await call(port, firstWords(port)[1] ?? '', 'self')).toMatch(/^answer HTTP\/1.1 200/);
  });
});

describe('the file that leads a browser in', () => {
  it('can be read by its owner alone, and is gone afterwards', () => {
    const { file, remove } = writeWayIn(url, folder);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8')).toContain(`content="0; url=${url}"`);
    remove();
    expect(existsSync(dirname(file))).toBe(false);
  });
});

test('every answer forbids what the page does not need', async () => {
  for (const answer of [await get('/'), await get('/nothing'), await get('/page.js'), await get('/events')]) {
    const csp = answer.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain("require-trusted-types-for 'script'");
    expect(csp).not.toMatch(/unsafe|\*|https?:/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('a page gets the last picture at once, and each new one', async () => {
  const { headers } = await enter();
  const stream = (await get('/events', headers)).body?.getReader();
  let text = '';
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += new TextDecoder().decode((await stream?.read())?.value);
  };
  await until('"token":"ab12cd34"');
  server.show({ ...view, doing: 'something else' });
  await until('something else');
  expect(text).toMatch(/^: here\n\nevent: view\ndata: \{.*\}\n\nevent: view\ndata: \{.*\}\n\n$/);
  await server.close();
  expect((await stream?.read())?.done).toBe(true);
});

describe('what a page says', () => {
  it('goes to the migration, and its answer comes back', async () => {
    const { headers } = await enter();
    expect(await say({ ...approve, note: 'seen' }, headers)).toMatchObject({
      status: 200,
      told: 'approve is accepted.',
    });
    expect(said).toEqual([{ kind: 'approve', gate: 'big-switch', token: 'ab12cd34', note: 'seen' }]);
    expect(await say({ kind: 'pause' }, headers)).toMatchObject({ status: 409, told: 'It is paused already.' });
  });

  it('counts only from our own page', async () => {
    const { headers } = await enter();
    for (const wrong of [
      { ...headers, origin: 'http://evil.example' },
      { ...headers, 'x-bigswitch-key': '' },
      { ...headers, 'x-bigswitch-key': `${headers['x-bigswitch-key']}x` },
      { 'x-bigswitch-key': headers['x-bigswitch-key'] },
    ] as Record<string, string>[]) {
      expect((await say(approve, wrong)).status).toBe(403);
    }
    expect((await say(approve, { ...headers, 'content-type': 'text/plain' })).status).toBe(415);
    expect(said).toEqual([]);
  });

  it('is not sent when the confirmation was not typed in full, or the gate is another', async () => {
    const { headers } = await enter();
    for (const typed of ['', 'yes', 'Big-Switch', 'big-switch ']) {
      const { status, told } = await say({ ...approve, typed }, headers);
      expect([status, told]).toEqual([400, `"${typed}" is not "big-switch"; nothing was sent.`]);
    }
    expect((await say({ ...approve, gate: 'teardown', typed: 'teardown' }, headers)).told).toBe(
      'Gate teardown is not open.',
    );
    server.show({ ...view, gate: undefined });
    expect((await say(approve, headers)).told).toBe('Gate big-switch is not open.');
    expect(said).toEqual([]);
  });

  it('is refused when it is anything else', async () => {
    const { headers } = await enter();
    const reject = { kind: 'reject', gate: 'big-switch', token: 'ab12cd34', reason: 'why' };
    for (const junk of [
      '',
      'null',
      '[]',
      '{',
      { kind: 'rollback' },
      { ...approve, by: 'somebody else' },
      { ...reject, reason: '  ' },
      { ...reject, token: 7 },
      { ...reject, reason: 'x'.repeat(20_000) },
    ]) {
      expect((await say(junk, headers)).status).toBe(400);
    }
    expect(said).toEqual([]);
  });
});
