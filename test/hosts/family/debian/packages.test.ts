import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostStep } from '../../../../src/hosts/step';
import type { PackageStepInput } from '../../../../src/hosts/family';
import { byHand, offered, packageStep } from '../../../../src/hosts/family/debian/packages';
import { Shims } from '../shims';

/**
 * An apt whose packages are lines of `installed`; `tool` needs `libtool`, `theirs` needs `libtool` too.
 * Purging a package takes along what needs it, as apt does.
 */
const APT = `simulate= verb= names=
for word in "$@"; do
  case "$word" in
    -s) simulate=1 ;;
    update|install|purge) verb=$word ;;
    -*|DPkg*|Dpkg*) ;;
    *) names="$names $word" ;;
  esac
done
add() { grep -qx "$1" installed && return; if [ -n "$simulate" ]; then echo "Inst $1 (1.0 Debian:12 [amd64])"; else echo "$1" >>installed; fi; }
del() { grep -qx "$1" installed || return 0; if [ -n "$simulate" ]; then echo "Purg $1 [1.0]"; else sed -i "/^$1$/d" installed; fi; }
case "$verb" in
  install) echo 'Inst base [0.9] (1.0 Debian:12 [amd64])' | grep "\${simulate:-never}" || true
    for name in $names; do case "$name" in tool) add libtool; add tool ;; *) add "$name" ;; esac; done ;;
  remove) for name in $names; do del "$name"; echo "$name" >>removed; done ;;
  purge) for name in $names; do if [ "$name" = libtool ]; then del tool; del theirs; fi; del "$name"; [ -n "$simulate" ] || rm -rf ETC/"$name"; done ;;
esac
[ "$verb$simulate" != install ] || { mkdir -p ETC/tool; [ -e ETC/tool/conf ] || echo packaged >ETC/tool/conf; POLICY 2>/dev/null; echo $? >started; }
exit 0`;

let shims: Shims;
/** The step on folders of the test's own. */
const made = (extra: Partial<PackageStepInput> = {}): HostStep => {
  const own = (script: string) =>
    script
      .replaceAll('/usr/sbin/policy-rc.d', join(shims.folder, 'policy-rc.d'))
      .replaceAll('find /etc', `find ${shims.folder}/etc`);
  const step = packageStep({
    ...{ phase: 'bridge', id: 'tool', summary: 'install tool', packages: ['tool'], commands: ['tool-command'] },
    ...extra,
  });
  return { ...step, save: own(step.save ?? ':'), apply: own(step.apply), undo: own(step.undo) };
};
let step: HostStep;
const installed = () => (shims.get('installed') ?? '').split('\n').filter(Boolean).sort();

beforeEach(() => {
  shims = new Shims({
    'apt-get': APT.replaceAll('ETC', '../etc').replaceAll('POLICY', '../policy-rc.d'),
    dpkg: ':',
    'dpkg-query': `cat unfinished 2>/dev/null; for name in "$@"; do
      if grep -qx "$name" installed; then echo "$name installed"; elif grep -qx "$name" removed 2>/dev/null; then echo "$name config-files"; fi
    done; true`,
    systemctl: ':',
    userdel: ':',
    groupdel: ':',
  });
  shims.set('installed', 'base\n');
  mkdirSync(join(shims.folder, 'etc'));
  step = made();
});
afterEach(() => shims.remove());

const apply = () => {
  shims.run(step.save ?? ':');
  shims.run(step.apply);
};

describe('packageStep', () => {
  it('forgets what its service left when it is gone, and nothing while its command is there', () => {
    const folder = join(shims.folder, 'run/tool');
    const socket = join(shims.folder, 'run/tool.sock');
    const traces = { files: [socket], folders: [folder, join(shims.folder, 'run')] };
    const undoWith = (command: string) => made({ traces: { command, ...traces } }).undo;
    apply();
    mkdirSync(folder, { recursive: true });
    writeFileSync(socket, '');
    shims.run(undoWith('sh'));
    expect([folder, socket].map((path) => existsSync(path))).toEqual([true, true]);
    shims.run(undoWith('tool-command'));
    expect(existsSync(join(shims.folder, 'run'))).toBe(false);
  });

  it('installs with dependencies, and purges exactly what it installed', () => {
    apply();
    expect(installed()).toEqual(['base', 'libtool', 'tool']);
    shims.run(step.undo);
    expect(installed()).toEqual(['base']);
    shims.run(step.undo);
    expect(installed()).toEqual(['base']);
  });

  it('leaves a dependency that was there before', () => {
    shims.set('installed', 'base\nlibtool\n');
    apply();
    shims.run(step.undo);
    expect(installed()).toEqual(['base', 'libtool']);
  });

  it('leaves what somebody else has come to need since, and what somebody else installed', () => {
    apply();
    shims.set('installed', 'base\nlibtool\ntool\ntheirs\n');
    expect(shims.run(step.undo)).toContain('left libtool, which is needed by: theirs');
    expect(installed()).toEqual(['base', 'libtool', 'theirs']);
  });

  it('undo works when nothing was installed yet, and when nothing was even saved', () => {
    shims.run(step.undo);
    shims.run(step.save ?? ':');
    shims.run(step.undo);
    expect(installed()).toEqual(['base']);
  });

  it('does nothing where the command is there already', () => {
    expect(shims.holds(step.check)).toBe(false);
    writeFileSync(join(shims.folder, 'bin/tool-command'), '#!/bin/sh\n', { mode: 0o755 });
    expect(shims.holds(step.check)).toBe(true);
  });

  const conf = () => join(shims.folder, 'etc/tool/conf');

  it('purges configuration that came with it', () => {
    apply();
    expect(readFileSync(conf(), 'utf8')).toBe('packaged\n');
    shims.run(step.undo);
    expect(existsSync(join(shims.folder, 'etc/tool'))).toBe(false);
  });

  it.each([
    ['that somebody laid there', ''],
    ['that a removal had left', 'tool\n'],
  ])('leaves configuration %s before, with mode and folder, and what was made of it since', (_what, removed) => {
    shims.set('removed', removed);
    mkdirSync(join(shims.folder, 'etc/tool/empty'), { recursive: true });
    chmodSync(join(shims.folder, 'etc/tool'), 0o750);
    writeFileSync(conf(), "the admin's\n", { mode: 0o640 });
    apply();
    writeFileSync(conf(), "the admin's, later\n");
    shims.run(step.undo);
    expect(readFileSync(conf(), 'utf8')).toBe("the admin's, later\n");
    expect(statSync(conf()).mode & 0o777).toBe(0o640);
    expect(statSync(join(shims.folder, 'etc/tool')).mode & 0o777).toBe(0o750);
    expect(existsSync(join(shims.folder, 'etc/tool/empty'))).toBe(true);
    expect(shims.calls('apt-get').some((call) => / -y tool/.test(call) && call.includes('remove'))).toBe(
      removed !== '',
    );
    shims.run(step.undo);
    expect(readFileSync(conf(), 'utf8')).toBe("the admin's, later\n");
  });

  it('starts no service: what it would find to start with is not ours; the word of another policy counts', () => {
    const policy = join(shims.folder, 'policy-rc.d');
    apply();
    expect(shims.get('started')).toBe('101');
    expect(existsSync(policy)).toBe(false);
    writeFileSync(policy, '#!/bin/sh\nexit 104\n', { mode: 0o755 });
    shims.run(step.apply);
    expect(shims.get('started')).toBe('104');
    shims.run(step.undo);
    expect(readFileSync(policy, 'utf8')).toContain('104');
  });

  it('leaves no policy when the installation fails', () => {
    shims.run(step.save ?? ':');
    writeFileSync(join(shims.folder, 'bin/apt-get'), '#!/bin/sh\nexit 100\n');
    expect(() => shims.run(step.apply)).toThrow();
    expect(existsSync(join(shims.folder, 'policy-rc.d'))).toBe(false);
  });

  it('finishes no work that others have left unfinished, and only its own', () => {
    shims.set('unfinished', 'installed base\nhalf-configured elasticsearch\n');
    expect(() => shims.run(step.save ?? ':')).toThrow();
    shims.run(step.undo);
    expect(shims.calls('dpkg')).toEqual([]);
    shims.set('unfinished', '');
    apply();
    expect(shims.calls('dpkg')).toEqual([]);
    shims.run(step.apply);
    expect(shims.calls('dpkg')).toEqual(['dpkg --configure -a']);
  });

  it('waits for the lock of another package manager', () => {
    apply();
    for (const call of shims.calls('apt-get')) expect(call).toContain('DPkg::Lock::Timeout=300');
  });
});

describe('what apt would install', () => {
  it.each([
    ['Inst libtool (3-1 Debian:12)\nInst tool (2.6-1 Debian:12/stable [amd64])', '2.6-1'],
    ['Inst tool [2.4-1] (2.5-1 Debian:12 [amd64])', '2.5-1'],
    ['  Candidate: 1:2.8-1', '1:2.8-1'],
    ['  Candidate: (none)', undefined],
    ['', undefined],
  ])('%j', (said, version) => expect(offered('tool', said)).toBe(version));
});

it('knows which package a command is of, and names each once', () => {
  expect(byHand(['ip', 'ss', 'curl'])).toBe('apt-get install iproute2 curl');
});
