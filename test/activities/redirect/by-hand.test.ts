import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { persistStep, rulesStep } from '../../../src/activities/redirect/steps';
import type { HostStep } from '../../../src/hosts/step';
import { parsePlan } from '../../../src/plan/parse';
import { SHOP } from '../../shop-plan';

const plan = () => parsePlan(SHOP);

describe('a redirect over which nodes talk', () => {
  /** Asks with an `ss` that sees one connection to this peer. */
  const ask = (step: HostStep, peer: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-ss-'));
    writeFileSync(
      join(folder, 'ss'),
      `#!/bin/sh\n[ -z '${peer}' ] || echo '0 0 [::ffff:198.18.1.11]:40112 ${peer}:9300'\n`,
    );
    chmodSync(join(folder, 'ss'), 0o755);
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const answer = spawnSync('sh', ['-eu', '-c', step.harmless ?? ''], { env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return answer;
  };

  it.each([rulesStep(plan(), 'old-1'), persistStep(plan(), 'old-1')])('is not taken back by hand ($id)', (step) => {
    for (const peer of ['198.18.2.11', '[::ffff:198.18.2.12]'])
      expect(ask(step, peer)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('talks to 198.18.2.1') as string,
      });
    for (const peer of ['', '198.18.1.12', '198.18.2.1'])
      expect(ask(step, peer)).toMatchObject({ status: 0, stderr: '' });
  });
});
