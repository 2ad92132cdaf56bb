/** One fact that can be looked at. */
export interface Question {
  name: string;
  ask: () => Promise<{ ok: boolean; seen: string }>;
}
