import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingNeeds, type Purpose } from '../../../lab/setup/apt';
import { makeOnce } from '../../../lab/setup/cache';
import { exitCodeOf, MissingError, run } from '../../../lab/setup/command';
import { mountsUnder } from '../../../lab/setup/engine';
import { imageTag } from '../../../lab/setup/image';
import { Tasks } from '../../../lab/setup/tasks';

describe('makeOnce', () => {
  let cache: string;
  const before = process.env.BIGSWITCH_CACHE;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'bigswitch-test-'));
    process.env.BIGSWITCH_CACHE = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.BIGSWITCH_CACHE;
    else process.env.BIGSWITCH_CACHE = before;
    rmSync(cache, { recursive: true, force: true });
  });

  it('makes a thing once', async () => {
    const target = join(cache, 'bin', 'tool');
    const make = jest.fn(async (folder: string) => {
      writeFileSync(join(folder, 'tool'), 'whole');
      return join(folder, 'tool');
    });
    expect(await makeOnce(target, make)).toBe(true);
    expect(await makeOnce(target, make)).toBe(false);
    expect(make).toHaveBeenCalledTimes(1);
    expect(readFileSync(target, 'utf8')).toBe('whole');
  });

  it('leaves nothing when making it fails half way', async () => {
    const target = join(cache, 'bin', 'tool');
    const failing = makeOnce(target, async (folder) => {
      writeFileSync(join(folder, 'tool'), 'ha');
      throw new Error('connection lost');
    });
    await expect(failing).rejects.toThrow('connection lost');
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(cache)).toEqual(['bin']);
  });
});

describe('missingNeeds', () => {
  const packages = (purpose: Purpose, lacking: string[], engineAnswers = true) =>
    missingNeeds(purpose, { found: (command) => !lacking.includes(command), engineAnswers }).map(
      (need) => need.package,
    );

  it('names the package of each command that is missing', () => {
    expect(packages('lab', ['docker', 'mvn'])).toEqual(['docker.io', 'maven']);
  });

  it('takes a client without an engine for what it is', () => {
    expect(packages('lab', ['dockerd'], false)).toEqual(['docker.io']);
    expect(packages('lab', ['dockerd'], true)).toEqual([]);
    expect(packages('lab', [], false)).toEqual([]);
  });

  it('takes any Chromium, and only the tests need one, an SSH server and HAProxy', () => {
    const lacking = ['chromium', 'chromium-browser', 'google-chrome', 'sshd', 'haproxy', 'curl', 'unshare'];
    expect(packages('demo', lacking)).toEqual([]);
    expect(packages('tests', ['chromium'])).toEqual([]);
    expect(packages('tests', lacking)).toEqual(['chromium', 'openssh-server', 'haproxy', 'curl', 'util-linux']);
  });
});

describe('run', () => {
  it('says which command failed, how, and with what output', async () => {
    await expect(run('sh', ['-c', 'echo broken >&2; exit 7'])).rejects.toThrow(/failed \(7\):\nbroken/);
  });

  it('stops the command when the signal aborts', async () => {
    const controller = new AbortController();
    const started = Date.now();
    const running = run('sleep', ['30'], { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toThrow('sleep 30 failed');
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('Tasks', () => {
  it('gives a part what it needs, and only then runs it', async () => {
    const order: string[] = [];
    const tasks = new Tasks();
    const first = tasks.add('first', [], async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('first');
      return 1;
    });
    const second = tasks.add('second', [first], async () => {
      order.push('second');
      return (await first) + 1;
    });
    await tasks.finish(true);
    expect(order).toEqual(['first', 'second']);
    expect(await second).toBe(2);
  });

  it('collects everything that is missing', async () => {
    const tasks = new Tasks();
    for (const what of ['docker', 'maven']) {
      void tasks
        .add(what, [], async () => {
          throw new MissingError([what]);
        })
        .catch(() => undefined);
    }
    await expect(tasks.finish(true)).rejects.toThrow('This machine lacks:\n  - docker\n  - maven');
  });

  it('stops the other parts after a failure', async () => {
    const tasks = new Tasks();
    const failing = tasks.add('failing', [], async () => {
      throw new Error('no space left');
    });
    const long = tasks.add('long', [], (signal) => run('sleep', ['30'], { signal }));
    await expect(tasks.finish(true)).rejects.toThrow('no space left');
    await expect(failing).rejects.toThrow();
    await expect(long).rejects.toThrow();
  });
});

describe('imageTag', () => {
  it('changes with the Elasticsearch version and with nothing else', () => {
    expect(imageTag('7.17.28')).toBe(imageTag('7.17.28'));
    expect(imageTag('7.17.28')).not.toBe(imageTag('8.17.0'));
  });
});

describe('mountsUnder', () => {
  it('finds the mounts below a folder, the innermost first, and no others', () => {
    const mounts = [
      'overlay / overlay rw 0 0',
      'overlay /cache/docker/data overlay rw 0 0',
      'nsfs /cache/docker/exec\\040x/netns/default nsfs rw 0 0',
      'tmpfs /cache/dockers tmpfs rw 0 0',
      '',
    ].join('\n');
    expect(mountsUnder('/cache/docker', mounts)).toEqual(['/cache/docker/exec x/netns/default', '/cache/docker/data']);
  });
});

describe('exitCodeOf', () => {
  // The demo and the chaos runs said 1 where their help promises 3.
  it('is 3 when this machine lacks something, else 1', () => {
    expect(exitCodeOf(new MissingError(['the temporal CLI']))).toBe(3);
    expect(exitCodeOf(new Error('a promise was broken'))).toBe(1);
    expect(exitCodeOf('text')).toBe(1);
  });
});
