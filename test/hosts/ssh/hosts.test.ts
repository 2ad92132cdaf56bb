import { readFileSync, writeFileSync } from 'node:fs';
import { FAILURES, HOST_UNREACHABLE } from '../../../src/contract/failures';
import { SCRIPT_FAILED } from '../../../src/hosts/errors';
import { loopbackHosts, loopbackPlan, useSshd } from './sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;

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
    setTimeout(() => world.sshd.cutConnections(), 500);
    await expect(running).rejects.toMatchObject({ type: HOST_UNREACHABLE });
    expect(await world.hosts.ask(old(), 'echo again')).toBe('again\n');
  });

  it('survives a connection that was lost while idle', async () => {
    await world.hosts.ask(old(), 'true');
    world.sshd.cutConnections();
    expect(await world.hosts.ask(old(), 'echo again')).toBe('again\n');
  });

  it('runs many scripts at once on one connection with few sessions', async () => {
    const outputs = await Promise.all(Array.from({ length: 30 }, (_, i) => world.hosts.ask(old(), `echo ${i}`)));
    expect(outputs.map(Number)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const connection = `(eval "$LOGIN_ENVIRONMENT"; echo "$SSH_CONNECTION")`;
    const first = await world.hosts.ask(old(), connection);
    expect(first).toContain('127.0.0.1');
    expect(await world.hosts.ask(old(), connection)).toBe(first);
    expect(await world.hosts.ask(old(), connection, { freshConnection: true })).not.toBe(first);
  });

  it('beats while a script runs', async () => {
    const heartbeat = jest.fn(() => {
      throw new Error('cancelled');
    });
    const beating = loopbackHosts(world.sshd, { heartbeat });
    await beating.hosts.ask(old(), 'sleep 6');
    expect(heartbeat).toHaveBeenCalled();
    await beating.hosts.close();
  });
});

describe('login', () => {
  const refused = async (changes: (ssh: ReturnType<typeof loopbackPlan>['ssh']) => void) => {
    const plan = loopbackPlan(world.sshd);
    changes(plan.ssh);
    const other = loopbackHosts(world.sshd, { plan });
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
    writeFileSync(path('changed'), `[127.0.0.1]:${world.sshd.port} ${type} ${key}\n`);
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
    writeFileSync(path('one'), readFileSync(path('known_hosts'), 'utf8').replaceAll(String(world.sshd.port), '1'));
    const plan = loopbackPlan(world.sshd);
    plan.ssh.knownHosts = `file:${path('one')}`;
    const other = loopbackHosts(world.sshd, { plan });
    await expect(other.hosts.read(nobody, 'true')).rejects.toMatchObject({
      type: HOST_UNREACHABLE,
      nonRetryable: false,
    });
  });
});
