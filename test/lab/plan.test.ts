import { parse } from 'yaml';
import { layoutHosts } from '../../lab/layout';
import { labPlan } from '../../lab/plan';
import { DEFAULT_OPTIONS, type LabState } from '../../lab/types';
import { parsePlan } from '../../src/plan/parse';

const stateOf = (old: number, fresh: number): LabState => ({
  esVersion: '7.17.28',
  clusterName: 'shop',
  hosts: layoutHosts({ old, new: fresh, shape: 'plain' }),
  ssh: { privateKey: '/lab/id', knownHosts: '/lab/known_hosts' },
  composeFile: '/lab/compose.json',
  caFile: '/lab/ca.crt',
  operatorPasswordFile: '/lab/operator-password',
  frontPasswordFile: '/lab/front-password',
  options: { ...DEFAULT_OPTIONS, old, new: fresh },
  ready: true,
});

describe('labPlan', () => {
  it.each([
    [3, 3],
    [2, 4],
    [5, 2],
  ])('is a valid plan for %d old and %d new hosts', (old, fresh) => {
    const plan = parsePlan(parse(labPlan(stateOf(old, fresh))));
    expect(plan.hosts.old).toHaveLength(old);
    expect(plan.hosts.new).toHaveLength(fresh);
    expect(plan.hosts.apps.map(({ config }) => config.format)).toEqual(['yaml', 'env']);
    expect(plan.hosts.apps.every(({ ssh }) => ssh?.sudo === true && ssh.user === 'deploy')).toBe(true);
  });

  it('names secrets by reference only', () => {
    expect(labPlan(stateOf(3, 3))).toContain('password: file:/lab/front-password');
  });
});
