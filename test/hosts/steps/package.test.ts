import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageStep } from '../../../src/hosts/steps';
import { Shims } from './shims';

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
  purge) for name in $names; do if [ "$name" = libtool ]; then del tool; del theirs; fi; del "$name"; done ;;
esac
exit 0`;

let shims: Shims;
const step = packageStep({
  phase: 'bridge',
  id: 'tool',
  summary: 'install tool',
  packages: ['tool'],
  commands: ['tool-command'],
});
const installed = () => (shims.get('installed') ?? '').split('\n').filter(Boolean).sort();

beforeEach(() => {
  shims = new Shims({
    'apt-get': APT,
    dpkg: ':',
    'dpkg-query': `for name in "$@"; do grep -qx "$name" installed && echo "$name installed"; done; true`,
    systemctl: ':',
    userdel: ':',
    groupdel: ':',
  });
  shims.set('installed', 'base\n');
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
    const undoWith = (command: string) =>
      packageStep({
        ...{ phase: 'front', id: 'tool', summary: 'install tool', packages: ['tool'], commands: ['tool-command'] },
        traces: { command, ...traces },
      }).undo;
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

  it('waits for the lock of another package manager', () => {
    apply();
    for (const call of shims.calls('apt-get')) expect(call).toContain('DPkg::Lock::Timeout=300');
  });
});
