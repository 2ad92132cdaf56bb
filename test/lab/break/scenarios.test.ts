import { breakScript, SCENARIOS, undoScript } from '../../../lab/break/scenarios';

describe('scenarios', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s arms its undo before it breaks anything',
    (_name, scenario) => {
      const script = breakScript(scenario, { seconds: 12, percent: 5 });
      const armed = script.indexOf('--on-active=12');
      expect(armed).toBeGreaterThan(0);
      expect(script.lastIndexOf(scenario.breaking({ percent: 5 }))).toBeGreaterThan(armed);
      expect(script).toContain(scenario.undoing({ percent: 5 }));
    },
  );

  it('stays broken until undone when no time is given', () => {
    for (const scenario of SCENARIOS) expect(breakScript(scenario, {})).not.toContain('systemd-run');
  });

  it('removes exactly the rules that it adds', () => {
    for (const name of ['loss', 'cut-tunnel']) {
      const scenario = SCENARIOS.find((each) => each.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      const added = [...scenario.breaking({ percent: 7 }).matchAll(/iptables -w -I (.*)$/gm)].map(([, rule]) => rule);
      const removed = [...undoScript(scenario, { percent: 7 }).matchAll(/iptables -w -D (.*); done$/gm)].map(
        ([, rule]) => rule,
      );
      expect(added.length).toBeGreaterThan(0);
      expect(removed).toEqual(added);
      expect(added.every((rule) => rule?.includes(`--comment lab-${name}`))).toBe(true);
    }
  });
});
