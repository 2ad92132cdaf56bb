import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FAILURES } from '../../src/contract/failures';
import { HOST_UNREACHABLE, SCRIPT_FAILED } from '../../src/hosts/errors';
import type { HostStep } from '../../src/hosts/step';
import { loopbackHosts, loopbackPlan, startSshd, type TestSshd } from './sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
const old = () => world.ref('old-1');

beforeAll(async () => {
  sshd = await startSshd();
});
beforeEach(() => {
  world = loopbackHosts(sshd);
});
afterEach(() => world.hosts.close());
afterAll(() => sshd.stop());

const path = (name: string) => join(sshd.folder, name);

function touchStep(name: string, extra: Partial<HostStep> = {}): HostStep {
  const file = path(name);
  return {
    phase: 'bridge',
    id: name,
    summary: `make ${name}`,
    check: `[ "$(cat ${file} 2>/dev/null)" = wanted ]`,
    save: `if [ -e ${file} ]; then cp ${file} "$BACKUP/old"; fi`,
    apply: `echo wanted >${file}`,
    undo: `if [ -e "$BACKUP/old" ]; then cp "$BACKUP/old" ${file}; else rm -f ${file}; fi`,
    ...extra,
  };
}

describe('scripts', () => {
  it('gives back code, stdout and stderr, and keeps characters whole', async () => {
    const result = await world.hosts.read(old(), 'echo "grün €"; echo oops >&2; exit 3');
    expect(result).toEqual({ code: 3, stdout: 'grün €\n', stderr: 'oops\n' });
  });

  it('keeps characters whole in long answers', async () => {
    const output = await world.hosts.ask(old(), 'i=0; while [ $i -lt 60000 ]; do printf "€ü"; i=$((i+1)); done');
    expect(output).toBe('€ü'.repeat(60_000));
  });

  it('ask throws with the host and the last of stderr', async () => {
    await expect(world.hosts.ask(old(), 'echo "no such thing" >&2; exit 4')).rejects.toMatchObject({
      type: SCRIPT_FAILED,
      message: expect.stringMatching(/old-1: .*exit code 4: no such thing/) as string,
    });
  });

  it('passes secrets as variables, shown in no argument list and no message', async () => {
    const secrets = { PASSWORD: `it's "secret" $HOME\nline two` };
    expect(await world.hosts.ask(old(), 'printf %s "$PASSWORD"', { secrets })).toBe(secrets.PASSWORD);
    const seen = await world.hosts.ask(old(), 'cat /proc/*/cmdline | tr "\\0" " "', { secrets });
    expect(seen).not.toContain('line two');
    await expect(world.hosts.ask(old(), 'printf "%s" "$PASSWORD" >&2; exit 1', { secrets })).rejects.not.toThrow(
      /line two|secret/,
    );
  });

  it('a command in a script cannot eat the rest of it', async () => {
    expect(await world.hosts.ask(old(), 'cat\necho after')).toBe('after\n');
  });

  it('ends a hanging script on the host as well', async () => {
    const hang = `exec sleep 4711.${process.pid}`;
    await expect(world.hosts.read(old(), hang, { timeoutSeconds: 1 })).rejects.toMatchObject({
      type: SCRIPT_FAILED,
      message: expect.stringContaining('after 1 s') as string,
    });
    const left = await world.hosts.read(old(), `pgrep -xf 'sleep 4711.${process.pid}'`);
    expect(left.stdout).toBe('');
  });

  it("does not take a script's own exit code 124 for a time-out", async () => {
    expect((await world.hosts.read(old(), 'exit 124')).code).toBe(124);
  });

  it('a lost connection is an error, never a result, and the next call connects again', async () => {
    const running = world.hosts.read(old(), 'echo half; sleep 20; echo done');
    setTimeout(() => sshd.cutConnections(), 500);
    await expect(running).rejects.toMatchObject({ type: HOST_UNREACHABLE });
    expect(await world.hosts.ask(old(), 'echo again')).toBe('again\n');
  });

  it('survives a connection that was lost while idle', async () => {
    await world.hosts.ask(old(), 'true');
    sshd.cutConnections();
    expect(await world.hosts.ask(old(), 'echo again')).toBe('again\n');
  });

  it('runs many scripts at once on one connection with few sessions', async () => {
    const outputs = await Promise.all(Array.from({ length: 30 }, (_, i) => world.hosts.ask(old(), `echo ${i}`)));
    expect(outputs.map(Number)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const daemons = await world.hosts.ask(old(), 'echo "$SSH_CONNECTION"');
    expect(await world.hosts.ask(old(), 'echo "$SSH_CONNECTION"')).toBe(daemons);
    expect(await world.hosts.ask(old(), 'echo "$SSH_CONNECTION"', { freshConnection: true })).not.toBe(daemons);
  });

  it('beats while a script runs', async () => {
    const heartbeat = jest.fn(() => {
      throw new Error('cancelled');
    });
    const beating = loopbackHosts(sshd, { heartbeat });
    await beating.hosts.ask(old(), 'sleep 6');
    expect(heartbeat).toHaveBeenCalled();
    await beating.hosts.close();
  });
});

describe('login', () => {
  const refused = async (changes: (ssh: ReturnType<typeof loopbackPlan>['ssh']) => void) => {
    const plan = loopbackPlan(sshd);
    changes(plan.ssh);
    const other = loopbackHosts(sshd, { plan });
    const error = (await other.hosts.read(old(), 'true').catch((e: unknown) => e)) as Error & {
      type: string;
      nonRetryable: boolean;
    };
    await other.hosts.close();
    expect(error).toMatchObject({ type: FAILURES.SSH_REFUSED, nonRetryable: true });
    return error.message;
  };

  it('refuses an unknown host key and shows its fingerprint', async () => {
    writeFileSync(path('empty'), '# nothing\n');
    expect(await refused((ssh) => (ssh.knownHosts = `file:${path('empty')}`))).toMatch(/old-1 .* SHA256:\S+ is not in/);
  });

  it('refuses a changed host key', async () => {
    const [type, key] = readFileSync(path('stranger.pub'), 'utf8').split(' ');
    writeFileSync(path('changed'), `[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
    expect(await refused((ssh) => (ssh.knownHosts = `file:${path('changed')}`))).toMatch(/knows another one/);
  });

  it('refuses without a known_hosts file', async () => {
    expect(await refused((ssh) => (ssh.knownHosts = `file:${path('nowhere')}`))).toMatch(/can't be read/);
  });

  it('says so when the host does not accept the key', async () => {
    expect(await refused((ssh) => (ssh.privateKey = `file:${path('stranger')}`))).toMatch(/login was refused/);
  });

  it('says so when the key is none, without showing it', async () => {
    writeFileSync(path('garbage'), 'not-a-key-at-all');
    const message = await refused((ssh) => (ssh.privateKey = `file:${path('garbage')}`));
    expect(message).toMatch(/can't be used/);
    expect(message).not.toContain('not-a-key-at-all');
  });

  it('a closed port is unreachable, which may be tried again', async () => {
    const nobody = { ...old(), ssh: { ...old().ssh, port: 1 } };
    writeFileSync(path('one'), readFileSync(path('known_hosts'), 'utf8').replaceAll(String(sshd.port), '1'));
    const plan = loopbackPlan(sshd);
    plan.ssh.knownHosts = `file:${path('one')}`;
    const other = loopbackHosts(sshd, { plan });
    await expect(other.hosts.read(nobody, 'true')).rejects.toMatchObject({
      type: HOST_UNREACHABLE,
      nonRetryable: false,
    });
  });
});

describe('steps', () => {
  const steps = () => (existsSync(path('ledger/test/steps')) ? readdirSync(path('ledger/test/steps')) : []);
  afterEach(async () => {
    await world.hosts.forget(old());
  });

  it('records, applies, verifies; a second run changes nothing and says that the change is ours', async () => {
    const entry = await world.hosts.apply(old(), touchStep('one'));
    expect(entry).toMatchObject({ host: 'old-1', phase: 'bridge', step: 'one', changed: true });
    expect(steps()).toEqual(['0001-one']);
    expect(await world.hosts.apply(old(), touchStep('one'))).toEqual(entry);
    expect(steps()).toEqual(['0001-one']);
  });

  it('leaves no record where nothing was to be done', async () => {
    writeFileSync(path('there'), 'wanted\n');
    expect(await world.hosts.apply(old(), touchStep('there'))).toMatchObject({ changed: false });
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('goes on after a crash in the middle without saving again', async () => {
    writeFileSync(path('crash'), 'original\n');
    const broken = touchStep('crash', { apply: `echo half >${path('crash')}; kill -9 $$` });
    await expect(world.hosts.apply(old(), broken)).rejects.toMatchObject({ type: SCRIPT_FAILED });
    expect(readFileSync(path('crash'), 'utf8')).toBe('half\n');
    expect(await world.hosts.apply(old(), touchStep('crash'))).toMatchObject({ changed: true });
    await world.hosts.undo(old());
    expect(readFileSync(path('crash'), 'utf8')).toBe('original\n');
  });

  it('fails when verify says no, with the end of the output and without secrets', async () => {
    const step = touchStep('unproven', {
      verify: 'echo "journal says $TOKEN"; exit 7',
      secrets: { TOKEN: 'hush-hush-token' },
    });
    await expect(world.hosts.apply(old(), step)).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      message: expect.stringMatching(
        /old-1: step unproven .*failed in verify with exit code 7: journal says \*\*\*$/,
      ) as string,
    });
    expect(steps()).toEqual(['0001-unproven']);
  });

  it('stops at the first failing command of a fragment', async () => {
    const step = touchStep('strict', { apply: `false\necho wanted >${path('strict')}` });
    await expect(world.hosts.apply(old(), step)).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
    expect(existsSync(path('strict'))).toBe(false);
  });

  it('keeps nothing when saving failed', async () => {
    await expect(world.hosts.apply(old(), touchStep('unsaved', { save: 'exit 9' }))).rejects.toMatchObject({
      message: expect.stringContaining('failed in save with exit code 9') as string,
    });
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('never keeps a secret on the host', async () => {
    const step = touchStep('secret', { apply: `printf '%s\\n' "$KEY" >/dev/null; echo wanted >${path('secret')}` });
    await world.hosts.apply(old(), { ...step, secrets: { KEY: 'very-secret-value' } });
    const found = await world.hosts.read(old(), `grep -r very-secret-value ${path('ledger')}`);
    expect(found.stdout).toBe('');
    await expect(
      world.hosts.apply(old(), {
        ...step,
        id: 'leaky',
        undo: 'echo very-secret-value',
        secrets: { KEY: 'very-secret-value' },
      }),
    ).rejects.toThrow(/would keep the secret KEY/);
  });

  it('undoes newest first, by phase or step, twice without harm, and leaves nothing', async () => {
    await world.hosts.apply(old(), touchStep('a'));
    await world.hosts.apply(old(), touchStep('b', { phase: 'redirect' }));
    await world.hosts.apply(old(), touchStep('c'));
    await world.hosts.apply(old(), touchStep('d', { phase: 'front' }));
    expect((await world.hosts.undo(old(), { phases: ['bridge'] })).undone).toEqual(['c', 'a']);
    expect((await world.hosts.undo(old(), { phases: ['bridge'] })).undone).toEqual([]);
    expect((await world.hosts.undo(old(), { steps: ['b'] })).undone).toEqual(['b']);
    expect((await world.hosts.undo(old())).undone).toEqual(['d']);
    expect(existsSync(path('ledger'))).toBe(false);
    expect(readdirSync(path('locks'))).toEqual([]);
  });

  it('stops undoing at a failure, keeps that record, and goes on later', async () => {
    await world.hosts.apply(old(), touchStep('first'));
    await world.hosts.apply(old(), touchStep('second', { undo: `[ -e ${path('allow')} ]` }));
    await expect(world.hosts.undo(old())).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      message: expect.stringContaining('undo of step second failed') as string,
    });
    expect(steps()).toEqual(['0001-first', '0002-second']);
    writeFileSync(path('allow'), '');
    expect((await world.hosts.undo(old())).undone).toEqual(['second', 'first']);
  });

  it('undo.sh and undo-all.sh work by hand', async () => {
    writeFileSync(path('hand'), 'before\n');
    await world.hosts.apply(old(), touchStep('hand'));
    await world.hosts.ask(old(), `cd / && sh ${path('ledger/test/steps/0001-hand/undo.sh')}`);
    expect(readFileSync(path('hand'), 'utf8')).toBe('before\n');
    await world.hosts.apply(old(), touchStep('hand'));
    await world.hosts.apply(old(), touchStep('hand-2', { phase: 'join' }));
    await world.hosts.ask(old(), `sh ${path('ledger/test/undo-all.sh')}`);
    expect(readFileSync(path('hand'), 'utf8')).toBe('before\n');
    expect(existsSync(path('hand-2'))).toBe(false);
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('goes on to its end on the host when the connection is lost, and the retry finds it done', async () => {
    const step = touchStep('lost', { apply: `echo noise; sleep 2; echo noise; echo wanted >${path('lost')}` });
    const running = world.hosts.apply(old(), step);
    setTimeout(() => sshd.cutConnections(), 800);
    await expect(running).rejects.toMatchObject({ type: HOST_UNREACHABLE });
    expect(await world.hosts.apply(old(), step)).toMatchObject({ changed: true });
    expect(steps()).toEqual(['0001-lost']);
  });

  it('runs steps on one host one after the other', async () => {
    const log = path('order');
    const step = (id: string) =>
      touchStep(id, { apply: `echo begin >>${log}; sleep 0.3; echo end >>${log}; echo wanted >${path(id)}` });
    await Promise.all(['p1', 'p2', 'p3', 'p4'].map((id) => world.hosts.apply(old(), step(id))));
    expect(readFileSync(log, 'utf8')).toBe('begin\nend\n'.repeat(4));
    expect(steps()).toHaveLength(4);
  });

  it('tells ids apart that end alike', async () => {
    await world.hosts.apply(old(), touchStep('x-rules'));
    await world.hosts.apply(old(), touchStep('rules'));
    expect(steps()).toEqual(['0001-x-rules', '0002-rules']);
    expect((await world.hosts.undo(old(), { steps: ['rules'] })).undone).toEqual(['rules']);
  });
});

describe('records', () => {
  it('keeps, replaces, lists sorted and removes; nothing is left at the end', async () => {
    const hub = world.ref('hub');
    expect(await world.hosts.kept(hub)).toEqual({});
    await world.hosts.keep(hub, 'cluster-0002-b', { text: `it's\n"quoted" $HOME \`x\` grün` });
    await world.hosts.keep(hub, 'cluster-0001-a', { n: 1 });
    await world.hosts.keep(hub, 'cluster-0001-a', { n: 2 });
    const kept = await world.hosts.kept(hub);
    expect(Object.entries(kept)).toEqual([
      ['cluster-0001-a', { n: 2 }],
      ['cluster-0002-b', { text: `it's\n"quoted" $HOME \`x\` grün` }],
    ]);
    await world.hosts.unkeep(hub, 'cluster-0001-a');
    await world.hosts.unkeep(hub, 'cluster-0001-a');
    await world.hosts.unkeep(hub, 'cluster-0002-b');
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('an unreadable record is an error, never "nothing kept"', async () => {
    mkdirSync(path('ledger/test/records'), { recursive: true });
    writeFileSync(path('ledger/test/records/bad.json'), '{"half":');
    await expect(world.hosts.kept(world.ref('hub'))).rejects.toThrow();
    await world.hosts.forget(world.ref('hub'));
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('keeps the record when every step is undone', async () => {
    const hub = world.ref('hub');
    await world.hosts.keep(hub, 'cluster', {});
    await world.hosts.apply(hub, touchStep('hub-step'));
    await world.hosts.undo(hub);
    expect(await world.hosts.kept(hub)).toEqual({ cluster: {} });
    await world.hosts.unkeep(hub, 'cluster');
  });
});

describe('agent', () => {
  const get = (port: number, timeout = 5_000) =>
    new Promise<string>((resolve, reject) => {
      const sent = request(
        { host: '198.18.1.99', port, path: '/x', agent: world.hosts.agent(old()), timeout },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve(body));
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('timed out')));
      sent.on('error', reject);
      sent.end();
    });
  let sockets = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url === '/x') response.end(`hello ${'x'.repeat(300_000)}`);
  });
  const silent = createServer(() => undefined);
  const portOf = (which: typeof server) => (which.address() as AddressInfo).port;

  beforeAll(async () => {
    server.on('connection', () => (sockets += 1));
    for (const each of [server, silent]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const each of [server, silent]) {
      each.closeAllConnections();
      each.close();
    }
  });

  it("reaches the node's own address through SSH, and keeps the connection", async () => {
    for (let i = 0; i < 5; i += 1) expect(await get(portOf(server))).toMatch(/^hello x+$/);
    expect(sockets).toBe(1);
  });

  it('times out on a node that hangs', async () => {
    await expect(get(portOf(silent), 300)).rejects.toThrow('timed out');
  });

  it('a closed port is an error', async () => {
    await expect(get(1)).rejects.toThrow(/refused|failed/i);
  });

  it('a lost SSH connection is an error at once, and the next request goes through', async () => {
    const hanging = get(portOf(silent), 30_000);
    setTimeout(() => sshd.cutConnections(), 300);
    await expect(hanging).rejects.toThrow(/lost|hang up/);
    expect(await get(portOf(server))).toMatch(/^hello/);
  });
});
