import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countAssertions, countJest, countScenarios } from './counts';
import { filesOf, testFiles } from './files';
import { runStage } from './run-stage';
import { chooseStages, JEST_STAGES, STAGES, type Stage } from './stages';

const folder = mkdtempSync(join(tmpdir(), 'bigswitch-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (value: unknown): string => {
  const path = join(folder, 'result.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

const stage = (script: string, more: Partial<Stage> = {}): Stage => ({
  name: 'try',
  about: '',
  command: ['bash', '-c', script],
  needs: [],
  limitMinutes: 1,
  ...more,
});

describe('counting', () => {
  const jest = {
    numTotalTests: 5,
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  };

  test('takes what jest counted', () => {
    expect(countJest(file({ ...jest, numPassedTests: 3, numFailedTests: 2 }))).toMatchObject({ passed: 3, failed: 2 });
  });

  test('says which tests failed, and how', () => {
    const failed = {
      fullName: 'a lamp shines',
      status: 'failed',
      failureMessages: ['\u001b[31mExpected: bright\u001b[39m\n\nReceived: dark\n' + 'at x\n'.repeat(40)],
    };
    const passed = { fullName: 'a lamp is', status: 'passed', failureMessages: [] };
    const { complaints } = countJest(
      file({
        ...{ ...jest, numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
        testResults: [
          { name: '/x/test/lamp.test.ts', message: 'long', assertionResults: [passed, failed] },
          { name: '/x/test/odd.test.ts', message: 'no such module', assertionResults: [] },
          { name: '/x/test/fine.test.ts', message: '', assertionResults: [passed] },
        ],
      }),
    );
    expect(complaints[0]).toMatch(/^lamp.test.ts: a lamp shines: Expected: bright\n +Received: dark\n( +at x\n?){10}$/);
    expect(complaints.slice(1)).toEqual(['odd.test.ts: no such module']);
  });

  test.each([
    ['a skipped test', { numPassedTests: 4, numPendingTests: 1 }],
    ['a test to be written', { numPassedTests: 4, numTodoTests: 1 }],
    ['a file that can’t be loaded', { numRuntimeErrorTestSuites: 1 }],
    ['no test at all', { numTotalTests: 0, numPassedTests: 0 }],
  ])('takes %s for a failure', (_what, change) => {
    expect(countJest(file({ ...jest, ...change })).failed).toBe(1);
  });

  test.each(['', '{}', 'null'])('takes an unusable result (%j) for a failure', (text) => {
    expect(countJest(file(text))).toMatchObject({ passed: 0, failed: 1 });
    expect(countAssertions(file(text))).toMatchObject({ passed: 0, failed: 1 });
    expect(countScenarios(file(text))).toMatchObject({ passed: 0, failed: 1 });
  });

  test('says which promise the evidence broke', () => {
    const results = [
      { promise: 'no request failed', ok: false, seen: '3 of 9' },
      { promise: 'green', ok: true, seen: 'always' },
    ];
    expect(countAssertions(file(results))).toEqual({
      passed: 1,
      failed: 1,
      complaints: ['no request failed: 3 of 9'],
    });
  });

  test('takes a scenario that broke a promise for a failure, and says which', () => {
    const results = [
      { scenario: 'undisturbed', ok: true, broken: [] },
      { scenario: 'storm', ok: false, broken: ['1 of 9 requests failed'] },
    ];
    expect(countScenarios(file(results))).toEqual({
      passed: 1,
      failed: 1,
      complaints: ['storm: 1 of 9 requests failed'],
    });
  });

  test('takes a missing result, or nothing asserted, for a failure', () => {
    expect(countJest(join(folder, 'nowhere'))).toMatchObject({ passed: 0, failed: 1 });
    expect(countAssertions(file([]))).toMatchObject({ passed: 0, failed: 1 });
    expect(countScenarios(file([]))).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('stages', () => {
  test('are all there in order, the demo and its evidence last', () => {
    expect(chooseStages({ fast: false, only: [] })).toEqual(STAGES);
    expect(STAGES.slice(-2).map(({ name }) => name)).toEqual(['demo', 'evidence']);
  });

  test('--fast leaves out the demos, their evidence and chaos only', () => {
    expect(STAGES.slice(-5, -2).map(({ name }) => name)).toEqual(['demo-compose', 'demo-shapes', 'chaos']);
    expect(chooseStages({ fast: true, only: [] })).toEqual(STAGES.slice(0, -5));
  });

  test('--only brings what the stage needs, and refuses a stage there isn’t', () => {
    expect(chooseStages({ fast: false, only: ['compose'] }).map(({ name }) => name)).toEqual(['setup', 'compose']);
    expect(() => chooseStages({ fast: false, only: ['unti'] })).toThrow('there is no stage "unti"; there are: setup,');
  });

  test('run every test file exactly once, and have one each', () => {
    const files = testFiles(join(__dirname, '..', '..'));
    const split = JEST_STAGES.map(({ name }) => filesOf(name, files));
    expect(split.flat().sort()).toEqual(files);
    expect(files).toContain('test/run/run.test.ts');
  });
});

describe('running a stage', () => {
  const never = new AbortController().signal;

  test('keeps what it printed, and says how it ended', async () => {
    const good = await runStage(stage('echo out; echo err >&2'), folder, never);
    expect(good).toMatchObject({ ok: true });
    expect(readFileSync(good.log, 'utf8')).toBe('out\nerr\n');
    await expect(runStage(stage('exit 3'), folder, never)).resolves.toMatchObject({ ok: false, reason: 'exit code 3' });
  });

  test('gives it no input and says CI', async () => {
    const end = await runStage(stage('cat; echo "$CI"'), folder, never);
    expect(readFileSync(end.log, 'utf8')).toBe('true\n');
  });

  test('a program that is not there is a failure', async () => {
    const end = await runStage(stage('', { command: ['./nowhere'] }), folder, never);
    expect(end.reason).toMatch(/can't be started/);
  });

  test('removes what an earlier run left', async () => {
    const left = file('old');
    await runStage(stage('true', { stale: ['result.json'] }), folder, never);
    expect(() => readFileSync(left)).toThrow('ENOENT');
  });

  test('ends it with all its children at the time limit', async () => {
    const end = await runStage(stage('sleep 60 & wait', { limitMinutes: 0.005 }), folder, never);
    expect(end).toMatchObject({ ok: false, reason: 'took longer than 0.005 minutes' });
    expect(end.seconds).toBeLessThan(10);
  });

  test('ends it when interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const end = await runStage(stage('sleep 60 & wait'), folder, controller.signal);
    expect(end).toMatchObject({ ok: false, reason: 'interrupted' });
  });
});
