import { InterruptedError, phase } from '../../lab/phases';

describe('phase', () => {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  beforeEach(() => (lines.length = 0));

  it('says what was done and how long it took', async () => {
    expect(await phase(say, 'hosts started', async () => 7)).toBe(7);
    expect(lines).toEqual([expect.stringMatching(/^✔ hosts started \(0\.\d s\)$/)]);
  });

  it('says what failed, and fails with its reason', async () => {
    const failing = phase(say, 'hosts started', async () => Promise.reject(new Error('no space')));
    await expect(failing).rejects.toThrow('no space');
    expect(lines).toEqual([expect.stringMatching(/^✖ hosts started/)]);
  });

  it('ends as interrupted, whatever the part made of the abort', async () => {
    const controller = new AbortController();
    const running = phase(
      say,
      'waiting',
      () => new Promise((_, reject) => controller.signal.addEventListener('abort', () => reject(new Error('odd')))),
      controller.signal,
    );
    controller.abort();
    await expect(running).rejects.toThrow(InterruptedError);
  });

  it('does not begin after an abort', async () => {
    const run = jest.fn(async () => undefined);
    await expect(phase(say, 'more', run, AbortSignal.abort())).rejects.toThrow(InterruptedError);
    expect(run).not.toHaveBeenCalled();
  });
});
