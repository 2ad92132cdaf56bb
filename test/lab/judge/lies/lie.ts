import { verdict, weigh } from '../../../../lab/judge';
import { collectedIn, honest, type Story } from './honest';

/** Fewer requests than an honest story has. */
const MIN_REQUESTS = 1_000;

/** One lie: what it is called, how an honest run is doctored, the promise that it breaks, and what the verdict must say. */
export type Lie = [name: string, doctor: (story: Story) => void, promise: string, words: string];

/** What the verdict says of a story. */
export async function brokenIn(story: Story): Promise<string[]> {
  const evidence = await weigh(collectedIn(story));
  return verdict(evidence, { minRequests: MIN_REQUESTS, mode: story.mode }).broken;
}

/** Has each lie judged: the verdict must name the promise that it breaks. */
export function mustBeNamed(lies: Lie[]): void {
  it.each(lies)('%s', async (_, doctor, promise, words) => {
    const story = honest();
    doctor(story);
    expect(await brokenIn(story)).toContainEqual(expect.stringMatching(new RegExp(`^${promise}: .*${words}`)));
  });
}
