import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceStep } from '../../../../src/hosts/family/debian/services';
import { Shims } from '../shims';

/** A systemctl that keeps whether one unit is enabled and active in two files. */
const SYSTEMCTL = `verb=$1; [ "$2" != --quiet ] || quiet=1
[ ! -e silent ] || exit 1
case "$verb" in
  show) echo "ActiveState=$(cat active)" ;;
  is-enabled) [ -n "\${quiet:-}" ] || cat enabled; [ "$(cat enabled)" = enabled ] ;;
  is-active) [ -n "\${quiet:-}" ] || cat active; [ "$(cat active)" = active ] ;;
  enable) echo enabled >enabled ;;
  disable) echo disabled >enabled ;;
  start) [ ! -e broken ] || exit 1; echo active >active ;;
  stop) [ ! -e stuck ] || exit 1; echo inactive >active ;;
esac`;

let shims: Shims;
beforeEach(() => {
  shims = new Shims({ systemctl: SYSTEMCTL, journalctl: 'echo the journal' });
});
afterEach(() => shims.remove());

const state = () => [shims.get('enabled'), shims.get('active')];
const start = (extra = {}) =>
  serviceStep({
    phase: 'join',
    id: 'x',
    summary: 'x',
    unit: 'x.service',
    enabled: true,
    running: true,
    readySeconds: 1,
    ...extra,
  });
const stop = () => start({ enabled: false, running: false });

describe.each([
  ['disabled', 'inactive'],
  ['enabled', 'inactive'],
  ['disabled', 'active'],
  ['enabled', 'active'],
])('a service that was %s and %s', (enabled, active) => {
  beforeEach(() => {
    shims.set('enabled', enabled);
    shims.set('active', active);
  });

  it.each([
    ['started', start, ['enabled', 'active']],
    ['stopped', stop, ['disabled', 'inactive']],
  ])('is %s, and is as before after undo', (_name, make, wanted) => {
    const step = make();
    expect(shims.holds(step.check)).toBe(enabled === wanted[0] && active === wanted[1]);
    shims.apply(step);
    expect(state()).toEqual(wanted);
    shims.run(step.undo);
    shims.run(step.undo);
    expect(state()).toEqual([enabled, active]);
  });
});

describe('serviceStep', () => {
  beforeEach(() => {
    shims.set('enabled', 'disabled');
    shims.set('active', 'inactive');
  });

  it('undo does nothing when nothing was saved', () => {
    shims.run(start().undo);
    expect(state()).toEqual(['disabled', 'inactive']);
  });

  it('undo fails while the unit can not be stopped', () => {
    shims.apply(start());
    shims.set('stuck', '');
    expect(() => shims.run(start().undo)).toThrow();
    shims.set('active', 'failed');
    shims.run(start().undo);
  });

  it.each(['activating', 'deactivating', 'reloading', ''])('does not take "%s" for stopped', (active) => {
    shims.set('active', active);
    expect(shims.holds(stop().check)).toBe(false);
    shims.set('stuck', '');
    expect(() => shims.apply(stop())).toThrow();
  });

  it('does not take a systemd that gives no answer for one that has stopped it', () => {
    shims.set('silent', '');
    expect(shims.holds(stop().check)).toBe(false);
    expect(() => shims.apply(stop())).toThrow();
    writeFileSync(join(shims.folder, 'backup/enabled'), 'disabled\n');
    writeFileSync(join(shims.folder, 'backup/active'), 'inactive\n');
    expect(() => shims.run(stop().undo)).toThrow();
  });

  it('fails when the unit does not start', () => {
    shims.set('broken', '');
    expect(() => shims.apply(start())).toThrow();
  });

  it('fails when it runs but is not proven within its time, and waits for a late proof', () => {
    expect(() => shims.apply(start({ proof: 'false\ntrue' }))).toThrow();
    const late = start({ readySeconds: 10, proof: `[ -e ${shims.folder}/late ]` });
    shims.run(`(sleep 1; : >${shims.folder}/late) >/dev/null 2>&1 & ${late.verify}`);
  });

  it('a service that runs without its proof is not as wanted', () => {
    shims.set('enabled', 'enabled');
    shims.set('active', 'active');
    expect(shims.holds(start().check)).toBe(true);
    expect(shims.holds(start({ proof: 'false\ntrue' }).check)).toBe(false);
  });
});
