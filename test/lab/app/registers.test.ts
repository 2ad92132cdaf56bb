import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import type { HistoryLine } from '../../../lab/app/journal';
import { REGISTERS, Registers } from '../../../lab/app/registers';

type Answer = [status: number, body: unknown];

const VERSION = { _seq_no: 7, _primary_term: 2 };
const written: Answer = [201, { result: 'created', _id: 'x', ...VERSION }];
const found: Answer = [200, { found: true, _id: 'x', _source: { seen: 'a' }, ...VERSION }];

describe('Registers', () => {
  let server: Server | undefined;
  afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

  /** Does one operation on each register for each answer, so that the last of each round is of the kind that is next. */
  async function rounds(...answers: Answer[]): Promise<{ lines: HistoryLine[]; urls: string[]; failed: unknown[] }> {
    const [lines, urls, failed]: [HistoryLine[], string[], unknown[]] = [[], [], []];
    let round = 0;
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        urls.push(`${request.method} ${request.url}`);
        const [status, body] = answers[round] ?? [500, {}];
        const type = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' };
        response.writeHead(status, type).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registers = new Registers(new Client({ node, maxRetries: 0 }), (line) => lines.push(line));
    for (; round < answers.length; round++) {
      for (const register of REGISTERS.ids) {
        await registers.next(`${round}-${register}`).catch((error: unknown) => failed.push(error));
      }
    }
    return { lines: lines.filter((line) => ('begin' in line ? line.begin : line.end).endsWith('-0')), urls, failed };
  }

  it('keeps the beginning and the end of a write, a read and a swap, with which write it was', async () => {
    const version = { seqNo: 7, primaryTerm: 2 };
    const { lines, urls, failed } = await rounds(written, found, written);
    expect(lines).toMatchObject([
      { begin: '0-register-0', register: 'register-0', kind: 'put' },
      { end: '0-register-0', result: 'ok', version, value: '0-register-0' },
      { begin: '1-register-0', kind: 'read' },
      { end: '1-register-0', result: 'ok', version, value: 'a' },
      { begin: '2-register-0', kind: 'swap', expected: version },
      { end: '2-register-0', result: 'ok', version, value: '2-register-0' },
    ]);
    expect(urls[12]).toBe('PUT /customers/_doc/register-0?if_seq_no=7&if_primary_term=2');
    expect(failed).toEqual([]);
  });

  it('takes a swap that is refused, and a read that finds nothing, for answers', async () => {
    const nothing: Answer = [404, { found: false, _id: 'x' }];
    const { lines, failed } = await rounds(written, nothing, [409, { error: {} }]);
    expect(lines[3]).toEqual({ end: '1-register-0', t: expect.any(Number) as number, result: 'ok' });
    expect(lines[5]).toEqual({ end: '2-register-0', t: expect.any(Number) as number, result: 'refused' });
    expect(failed).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['a failure', [503, {}]],
    ['a write that is refused, whatever was there', [409, {}]],
    ['an answer that does not say which write it was', [201, { result: 'created' }]],
  ])('has no end for %s', async (_, answer) => {
    const { lines, failed } = await rounds(answer);
    expect(lines).toHaveLength(1);
    expect(failed).toHaveLength(REGISTERS.ids.length);
  });

  it('reads where it has nothing to swap', async () => {
    const { lines } = await rounds([503, {}], [503, {}], found);
    expect(lines[2]).toMatchObject({ begin: '2-register-0', kind: 'read' });
  });
});
