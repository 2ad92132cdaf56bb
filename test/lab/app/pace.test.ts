import { MOST_IN_FLIGHT, Pace } from '../../../lab/app/pace';

const RATE = 50;

it('sends at its rate, whatever is still without an answer', () => {
  const pace = new Pace(RATE, 0);
  let sent = 0;
  for (let now = 0; now <= 10_000; now += 5) sent += pace.due(now, MOST_IN_FLIGHT - 1);
  expect(sent).toBe(500);
});

it('has no more under way than its pool holds, and sends at most one late second when there is room again', () => {
  const pace = new Pace(RATE, 0);
  expect(pace.due(1_000, 0)).toBe(RATE);
  for (let now = 1_005; now < 60_000; now += 5) expect(pace.due(now, MOST_IN_FLIGHT)).toBe(0);
  expect(pace.due(60_000, 0)).toBe(RATE);
  expect(pace.due(60_020, 0)).toBe(1);
});

it('fills what is left of the pool', () => {
  expect(new Pace(1_000, 0).due(1_000, 60)).toBe(MOST_IN_FLIGHT - 60);
});
