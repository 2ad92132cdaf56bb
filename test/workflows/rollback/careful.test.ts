import { HOST_UNREACHABLE } from '../../../src/contract/failures';
import type { Audit } from '../../../src/contract/messages';
import { backFrom } from '../support/back';
import { lasting } from '../support/fake-world';
import { devServer, startLab, until } from '../support/lab';
import { currentDetails } from '../support/looks';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

test.concurrent('apps go back one batch after the other, the canary first, and are watched each time', () =>
  backFrom(lab, [['big-switch'], 'drain:old-1'], async (handle, world, since) => {
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
    const lines = since().filter((line) =>
      /^(proveAppsCanReturn|undoHost app-\d switch|watchApps|moveQuorum)/.test(line),
    );
    const batch = (host: string) => ['proveAppsCanReturn', `undoHost ${host} switch`, 'watchApps'];
    expect(lines).toEqual([...['app-1', 'app-2', 'app-3'].flatMap(batch), 'moveQuorum old']);
    const asked = world.calls.filter((call) => call.name === 'proveAppsCanReturn').map(({ input }) => input);
    expect(asked).toEqual([['app-1', 'app-2', 'app-3'], ['app-2', 'app-3'], ['app-3']].map((hosts) => ({ hosts })));
    const watched = world.calls.filter((call) => call.name === 'watchApps').slice(-3);
    expect(watched.map(({ input }) => (input as { hosts: string[] }).hosts.length)).toEqual([1, 2, 3]);
  }),
);

test.concurrent('with the first app that does not work on the old nodes it stops; resume goes on with that one', () => {
  let broken = true;
  return backFrom(
    lab,
    [['big-switch'], 'drain:old-1'],
    async (handle, world, since) => {
      const status = await until(handle, (seen) => seen.blocked !== undefined);
      expect(status.blocked).toBe(
        'rollback, apps and quorum back to the old side: app-2: app-2: the check did not succeed',
      );
      expect(status.switchedApps).toEqual(['app-2', 'app-3']);
      expect(since()).not.toContain('undoHost app-3 switch');
      expect(since()).not.toContain('moveQuorum old');
      broken = false;
      await handle.signal('resume', { by: 'bob' });
      await handle.result();
      expect(world.said(/undoHost app-1 switch/)).toHaveLength(1);
    },
    {
      change: (world) => {
        world.answers.undoHost = async ({ host, phases }) => {
          if (broken && host === 'app-2') throw lasting('app-2: the check did not succeed');
          return { host, undone: phases ?? [] };
        };
      },
    },
  );
});

test.concurrent('no app goes back while one of them would reach no old node', () =>
  backFrom(
    lab,
    [['big-switch'], 'drain:old-1'],
    async (handle, world, since) => {
      const { blocked } = await until(handle, (seen) => seen.blocked !== undefined);
      expect(blocked).toContain('app-3 does not reach old-1');
      expect(since().filter((line) => /undoHost|moveQuorum/.test(line))).toEqual([]);
      delete world.answers.proveAppsCanReturn;
      await handle.signal('resume', { by: 'bob' });
      await handle.result();
    },
    {
      change: (world) => {
        world.answers.proveAppsCanReturn = async () => {
          throw lasting('app-3 does not reach old-1', 'ProofFailed');
        };
      },
    },
  ),
);

test.concurrent('an app that was never switched is asked for nothing', () =>
  backFrom(lab, [[], 'big-switch'], async (handle, world, since) => {
    await handle.result();
    expect(since().filter((line) => /watchApps|undoHost app-\d switch|proveAppsCanReturn/.test(line))).toEqual([]);
    expect(world.calls.find((call) => call.name === 'proveRolledBack')?.input).toEqual({ switched: [] });
  }),
);

test.concurrent(
  'a copy of all data and room are proved on the old side before an app goes, also when no node was stopped',
  () =>
    backFrom(lab, [['big-switch'], 'drain:old-1'], async (handle, world, since) => {
      await handle.result();
      const inOrder = [
        'restoreCluster',
        'restoreCluster drain',
        'replicate',
        'proveReplicated',
        'proveRoomAtHome',
        'undoHost app-1 switch',
        'moveQuorum old',
        'undoHost old-1 drain',
      ];
      const found = inOrder.map((line) => since().indexOf(line));
      expect(found).not.toContain(-1);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      const [planned] = world.calls.filter((call) => call.name === 'restoreCluster');
      expect(planned?.input).toEqual({ planned: true });
      expect(world.calls.filter((call) => call.name === 'proveReplicated').at(-1)?.input).toEqual({ goal: 'old' });
    }),
);

test.concurrent(
  'a new host that nobody reaches holds nothing up but the end; apps, quorum and data are home by then',
  () => {
    let away = true;
    return backFrom(
      lab,
      [['big-switch'], 'drain:old-1'],
      async (handle, _world, since) => {
        const { blocked } = await until(handle, (seen) => seen.blocked !== undefined);
        expect(blocked).toBe('rollback, nothing of ours left on any host, proved: new-2: new-2: no route to host');
        for (const line of ['moveQuorum old', 'drain new-2', 'undoHost new-1 drain join', 'undoHost old-2 bridge']) {
          expect(since()).toContain(line);
        }
        expect(since().filter((line) => /^undoHost new-2/.test(line))).toEqual([
          'undoHost new-2 front',
          'undoHost new-2',
        ]);
        expect(since().indexOf('proveGone')).toBeLessThan(since().indexOf('undoHost old-1 redirect'));
        expect(await currentDetails(handle)).toContain('new-2: no route to host');
        away = false;
        await handle.signal('resume', { by: 'bob' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        expect(await currentDetails(handle)).not.toContain('Out of reach');
      },
      {
        change: (world) => {
          world.answers.undoHost = async ({ host, phases }) => {
            // As it is after hours of trying.
            if (away && host === 'new-2') throw lasting('new-2: no route to host', HOST_UNREACHABLE);
            return { host, undone: phases ?? [] };
          };
        },
      },
    );
  },
);

test.concurrent('who is connected to a front holds it up until a person names whom to cut off', () => {
  const connected = 'new-1 is still in use: 10.9.9.1, 10.9.9.2 connected; or cut it off: bigswitch resume shop';
  return backFrom(
    lab,
    [['big-switch'], 'drain:old-1'],
    async (handle, world, since) => {
      await until(handle, (seen) => seen.blocked?.includes(connected) === true);
      expect(since()).toContain('drain new-2');
      expect(since().filter((line) => /undoHost new-\d front/.test(line))).toEqual([]);
      const say = (cutOff: string[]) => handle.signal('resume', { by: 'bob', reason: 'only a wall screen', cutOff });
      await say(['10.9.9.3']);
      await say(['10.9.9.1']);
      await until(handle, (seen) => seen.blocked?.includes('10.9.9.2 connected') === true);
      await say(['10.9.9.2']);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
      const said = (await handle.query<Audit, []>('audit')).filter(({ kind }) => kind === 'resume');
      expect(said.map(({ accepted, note, reason }) => [accepted, note, reason])).toEqual([
        [false, 'only a wall screen; cut off 10.9.9.3', '10.9.9.3 is not among those who are named as connected'],
        [true, 'only a wall screen; cut off 10.9.9.1', undefined],
        [true, 'only a wall screen; cut off 10.9.9.2', undefined],
      ]);
      const asked = world.calls.filter(({ name, input }) => {
        return name === 'proveNewSideUnused' && (input as { host: string }).host === 'new-1';
      });
      expect(asked.map(({ input }) => (input as { cutOff: string[] }).cutOff)).toEqual([
        [],
        ['10.9.9.1'],
        ['10.9.9.1', '10.9.9.2'],
      ]);
    },
    {
      change: (world) => {
        world.answers.proveNewSideUnused = async ({ host, cutOff = [] }) => {
          const left = ['10.9.9.1', '10.9.9.2'].filter((address) => host === 'new-1' && !cutOff.includes(address));
          if (left.length > 0) throw lasting(connected.replace('10.9.9.1, 10.9.9.2', left.join(', ')), 'ProofFailed');
          return { proven: 'unused', facts: {} };
        };
      },
    },
  );
});

test.concurrent('nobody is cut off by a word that comes before there is anything to see', () =>
  backFrom(
    lab,
    [['big-switch'], 'drain:old-1'],
    async (handle, world) => {
      await until(handle, (seen) => seen.blocked !== undefined);
      await handle.signal('resume', { by: 'bob', cutOff: ['10.9.9.1'] });
      const audit = await handle.query<Audit, []>('audit');
      expect(audit.at(-1)).toMatchObject({
        accepted: false,
        reason: expect.stringContaining('nobody is cut off now') as string,
      });
      delete world.answers.proveRoomAtHome;
      await handle.signal('resume', { by: 'bob' });
      await handle.result();
    },
    {
      change: (world) => {
        world.answers.proveRoomAtHome = async () => {
          throw lasting('no room at home', 'ProofFailed');
        };
      },
    },
  ),
);

test.concurrent('a front whose users can not be seen stays until the new nodes are gone', () =>
  backFrom(
    lab,
    [['big-switch'], 'drain:old-1'],
    async (handle, _world, since) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
      expect(since()).toContain('undoHost new-1 front');
      expect(since()).not.toContain('undoHost new-2 front');
      expect(since().indexOf('proveGone')).toBeLessThan(since().indexOf('undoHost new-2'));
    },
    {
      change: (world) => {
        world.answers.proveNewSideUnused = async ({ host }) => {
          if (host === 'new-2') throw lasting('new-2: no route to host', HOST_UNREACHABLE);
          return { proven: 'unused', facts: {} };
        };
      },
    },
  ),
);
