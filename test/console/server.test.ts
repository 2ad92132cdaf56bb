import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleServer } from '../../src/console/server';
import { buildView } from '../../src/view/view';
import type { Wish } from '../../src/view/wish';
import { atBigSwitch } from '../view/facts-fixture';

const view = buildView(atBigSwitch());
const said: Wish[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bigswitch-page-'));
writeFileSync(join(folder, 'page.js'), 'let page;');
writeFileSync(join(folder, 'page.css'), 'p {}');

let server: ConsoleServer;
let url: string;
let origin: string;

beforeEach(async () => {
  said.length = 0;
  server = new ConsoleServer({
    by: 'ann <ann@example.org>',
    port: 0,
    pageFolder: folder,
    say: async (wish) => {
      if (wish.kind === 'pause') throw new Error('It is paused already.');
      said.push(wish);
      return `${wish.kind} is accepted.`;
    },
  });
  url = await server.start();
  origin = new URL(url).origin;
  server.show(view);
});
afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, origin), { headers, redirect: 'manual' });

/** Goes in by the token, as a browser does. */
async function enter() {
  const entered = await get(url);
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await (await get('/', { cookie })).text();
  const csrf = /name="bigswitch-csrf" content="([^"]+)"/.exec(page)?.[1] ?? '';
  return { entered, cookie, csrf, page };
}

async function post(body: unknown, headers: Record<string, string>) {
  const answer = await fetch(`${origin}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, told: text.startsWith('{') ? (JSON.parse(text) as { told: string }).told : text };
}

const approve = { kind: 'approve', gate: 'big-switch', token: 'ab12cd34', typed: 'big-switch' };

describe('the way into the console', () => {
  it('is the token, once, for a cookie that scripts can’t read and other sites can’t use', async () => {
    const { entered, page } = await enter();
    expect(entered.status).toBe(303);
    expect(entered.headers.get('location')).toBe('/');
    expect(entered.headers.get('set-cookie')).toMatch(/^bigswitch-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(page).toContain('content="ann &lt;ann@example.org&gt;"');
    expect((await get(url)).status).toBe(403);
  });

  it('is open to whoever is in already, by the same address too', async () => {
    const { cookie } = await enter();
    const again = await get(url, { cookie });
    expect([again.status, again.headers.get('location')]).toEqual([303, '/']);
  });

  it('is closed to all others, whatever they ask for', async () => {
    const { cookie } = await enter();
    for (const path of ['/', '/?token=wrong', '/events', '/page.js', '/page.css', '/nothing']) {
      for (const wrong of [{}, { cookie: `${cookie}x` }, { cookie: cookie.replace(/=.*/, '=') }]) {
        const answer = await get(path, wrong as Record<string, string>);
        expect([path, answer.status]).toEqual([path, 403]);
        expect(await answer.text()).not.toContain('shop');
      }
    }
    expect((await get('/nothing', { cookie })).status).toBe(404);
    expect((await fetch(`${origin}/`, { method: 'PUT', headers: { cookie } })).status).toBe(405);
  });

  it('is closed under any other name of this machine', async () => {
    const { cookie } = await enter();
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${origin}/`, { headers: { host: `evil.example:${new URL(origin).port}`, cookie } });
      asked.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      asked.end();
    });
    expect(status).toBe(421);
  });
});

test('every answer forbids what the page does not need', async () => {
  const { cookie } = await enter();
  for (const answer of [await get('/', { cookie }), await get('/nothing'), await get('/page.js', { cookie })]) {
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
  const { cookie } = await enter();
  const stream = (await get('/events', { cookie })).body?.getReader();
  let text = '';
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += new TextDecoder().decode((await stream?.read())?.value);
  };
  await until('"token":"ab12cd34"');
  server.show({ ...view, doing: 'something else' });
  await until('something else');
  expect(text).toMatch(/^retry: 1000\n\nevent: view\ndata: \{.*\}\n\nevent: view\ndata: \{.*\}\n\n$/);
  await server.close();
  expect((await stream?.read())?.done).toBe(true);
});

describe('what a page says', () => {
  it('goes to the migration, and its answer comes back', async () => {
    const { cookie, csrf } = await enter();
    const headers = { cookie, origin, 'x-bigswitch-csrf': csrf };
    expect(await post({ ...approve, note: 'seen' }, headers)).toEqual({ status: 200, told: 'approve is accepted.' });
    expect(said).toEqual([{ kind: 'approve', gate: 'big-switch', token: 'ab12cd34', note: 'seen' }]);
    expect(await post({ kind: 'pause' }, headers)).toEqual({ status: 409, told: 'It is paused already.' });
  });

  it('counts only from our own page', async () => {
    const { cookie, csrf } = await enter();
    const headers = { cookie, origin, 'x-bigswitch-csrf': csrf };
    for (const wrong of [
      { ...headers, cookie: '' },
      { ...headers, origin: 'http://evil.example' },
      { ...headers, 'x-bigswitch-csrf': '' },
      { ...headers, 'x-bigswitch-csrf': `${csrf}x` },
      { cookie, 'x-bigswitch-csrf': csrf },
    ] as Record<string, string>[]) {
      expect((await post(approve, wrong)).status).toBe(403);
    }
    expect((await post(approve, { ...headers, 'content-type': 'text/plain' })).status).toBe(415);
    expect(said).toEqual([]);
  });

  it('is not sent when the confirmation was not typed in full, or the gate is another', async () => {
    const { cookie, csrf } = await enter();
    const headers = { cookie, origin, 'x-bigswitch-csrf': csrf };
    for (const typed of ['', 'yes', 'Big-Switch', 'big-switch ']) {
      const { status, told } = await post({ ...approve, typed }, headers);
      expect([status, told]).toEqual([400, `"${typed}" is not "big-switch"; nothing was sent.`]);
    }
    expect((await post({ ...approve, gate: 'teardown', typed: 'teardown' }, headers)).told).toBe(
      'Gate teardown is not open.',
    );
    server.show({ ...view, gate: undefined });
    expect((await post(approve, headers)).told).toBe('Gate big-switch is not open.');
    expect(said).toEqual([]);
  });

  it('is refused when it is anything else', async () => {
    const { cookie, csrf } = await enter();
    const headers = { cookie, origin, 'x-bigswitch-csrf': csrf };
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
      expect((await post(junk, headers)).status).toBe(400);
    }
    expect(said).toEqual([]);
  });
});
