import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNotifyActivities } from '../../../src/activities/notify/activities';
import { postNotice, slackText } from '../../../src/activities/notify/webhook';
import { createSecrets } from '../../../src/secrets/resolve';
import { NOTICE } from './fixture';

const TOKEN = 'correct-horse-battery';

interface Got {
  method?: string;
  url?: string;
  headers: IncomingMessage['headers'];
  body: string;
}

describe('a webhook', () => {
  let server: Server;
  let port: number;
  let got: Got[];
  let answer: (response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ method: request.method, url: request.url, headers: request.headers, body });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    got = [];
    answer = (response) => response.end('thanks');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const secrets = () =>
    createSecrets({
      env: {
        URL: `http://127.0.0.1:${port}/hook/${TOKEN}\n`,
        AUTH: `Bearer ${TOKEN}`,
        DEAD: `http://127.0.0.1:1/hook/${TOKEN}`,
        KEY: TOKEN,
        FILE: 'file:///etc/passwd',
      },
    });
  const webhook = (change: object = {}) => ({
    name: 'chat',
    on: ['gate-opened' as const],
    format: 'json' as const,
    url: 'env:URL',
    ...change,
  });

  test('gets the whole notice as JSON, with its id and its authorization', async () => {
    await postNotice(webhook({ authorization: 'env:AUTH' }), NOTICE, secrets());
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ method: 'POST', url: `/hook/${TOKEN}` });
    expect(got[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': NOTICE.id,
    });
    expect(JSON.parse(got[0]?.body ?? '')).toEqual(NOTICE);
  });

  test('of a chat gets one text with what happened, what to do and the command', async () => {
    await postNotice(webhook({ format: 'slack' }), NOTICE, secrets());
    const { text } = JSON.parse(got[0]?.body ?? '') as { text: string };
    expect(text).toBe(
      [
        '*shop*, phase switch: Gate big-switch waits for a person (0 of 1 approvals).',
        'To do: Read the evidence, then approve or reject.',
        `To approve:\n\`\`\`temporal workflow signal --name approve --input '{"by":"you"}'\`\`\``,
      ].join('\n'),
    );
  });

  test('has a link to the run when the worker knows where the UI is', async () => {
    const { notify } = createNotifyActivities({
      secrets: secrets(),
      link: (workflowId) => `http://ui/${workflowId}?a&b`,
    });
    await notify({ notice: NOTICE, receiver: webhook() });
    await notify({ notice: NOTICE, receiver: webhook({ format: 'slack' }) });
    expect(JSON.parse(got[0]?.body ?? '')).toEqual({ ...NOTICE, link: 'http://ui/bigswitch-shop?a&b' });
    expect(got[1]?.body).toContain('\\nThe run: http://ui/bigswitch-shop?a&amp;b\\n');
  });

  test('can not be made to call everybody by what happened', () => {
    expect(slackText({ ...NOTICE, what: '<!channel> & <@U1>' })).toContain('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  test.each([500, 404, 429, 301])('that answers %d was not told, and no redirect is followed', async (status) => {
    answer = (response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    await expect(postNotice(webhook(), NOTICE, secrets())).rejects.toMatchObject({
      message: `the receiver answered ${status}`,
      nonRetryable: false,
    });
    expect(got).toHaveLength(1);
  });

  test('that hangs up or is not there was not told, and its address is in no message', async () => {
    answer = (response) => response.destroy();
    const hungUp: unknown = await postNotice(webhook(), NOTICE, secrets()).catch((error: unknown) => error);
    expect(String(hungUp)).toMatch(/can't be reached: (UND_ERR_SOCKET|ECONNRESET)/);
    const dead: unknown = await postNotice(webhook({ url: 'env:DEAD' }), NOTICE, secrets()).catch((e: unknown) => e);
    expect(String(dead)).toMatch(/can't be reached/);
    expect(String(hungUp) + String(dead)).not.toContain(TOKEN);
  });

  test('that is slow is given up when the activity is cancelled', async () => {
    answer = () => undefined;
    const controller = new AbortController();
    const sent = postNotice(webhook(), NOTICE, secrets(), controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  test.each(['env:KEY', 'env:FILE'])('needs an address: %s is refused without its value', async (url) => {
    const error: unknown = await postNotice(webhook({ url }), NOTICE, secrets()).catch((e: unknown) => e);
    expect(error).toMatchObject({ nonRetryable: true, message: `${url} holds no http or https address; put it there` });
  });
});
