import { readFileSync } from 'node:fs';
import { useSshd } from './sshd';

jest.setTimeout(60_000);

/** Hardening guides say 1 or 2; sshd's default is 10. */
describe.each([1, 2, 3])('an sshd that allows %i sessions a connection', (sessions) => {
  const world = useSshd([`MaxSessions ${sessions}`]);

  it('runs every script once, and cuts off none that runs already', async () => {
    const script = (n: number) => `echo ${n} >>${world.path('ran')}; sleep 0.3; echo ${n}`;
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    const said = await Promise.all(numbers.map((n) => world.hosts.ask(world.old(), script(n))));
    expect(said.map(Number)).toEqual(numbers);
    const ran = readFileSync(world.path('ran'), 'utf8').trim().split('\n').map(Number);
    expect(ran.sort((a, b) => a - b)).toEqual(numbers);
  });

  it('goes on over a new connection when the one that it had is lost', async () => {
    await world.hosts.ask(world.old(), 'true');
    world.sshd.cutConnections();
    const said = await Promise.all([1, 2, 3, 4].map((n) => world.hosts.ask(world.old(), `echo ${n}`)));
    expect(said.map(Number)).toEqual([1, 2, 3, 4]);
  });
});

describe('an sshd that allows no session at all', () => {
  const world = useSshd(['MaxSessions 0']);

  it('is an error, and not asked for ever', async () => {
    await expect(Promise.all([1, 2, 3].map(() => world.hosts.ask(world.old(), 'true')))).rejects.toThrow(
      'no SSH session could be opened',
    );
  });
});
