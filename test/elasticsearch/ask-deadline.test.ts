import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../../src/elasticsearch/client/ask';

describe('a request whose answer is lost', () => {
  it('ends with an error that says so, although the client never does', async () => {
    const client = { transport: { request: () => new Promise(() => undefined) } } as unknown as Client;
    jest.useFakeTimers();
    try {
      const asked = askCluster(client, z.object({}), { path: '/_cluster/health', timeoutMs: 1000 });
      const ended = expect(asked).rejects.toThrow('GET /_cluster/health: no answer within 6 s');
      await jest.advanceTimersByTimeAsync(6000);
      await ended;
    } finally {
      jest.useRealTimers();
    }
  });
});
