import { hostname } from 'node:os';
import { errors, type Client } from '@elastic/elasticsearch';
import type { HistoryLine, RegisterOp, Version } from './journal';
import { accepted, type Outcome } from './outcome';

/** Registers that both apps read and write at once; in an index with copies, over several of its shards. */
export const REGISTERS = { index: 'customers', ids: Array.from({ length: 6 }, (_, i) => `register-${i}`) };
const KINDS: RegisterOp[] = ['put', 'read', 'swap', 'read'];

/** What is known of a register after an operation on it. */
interface Seen {
  version?: Version;
  value?: string;
}

/**
 * Operations on few documents that all apps share, each kept with its beginning, its end and what came of it, so that a checker can tell
 * whether there is an order in which all of it could have happened.
 */
export class Registers {
  private readonly known = new Map<string, Version>();
  private count = 0;

  constructor(
    private readonly client: Client,
    private readonly keep: (line: HistoryLine) => void,
  ) {}

  /** One operation on the next register. @param id of the request; what a write writes @throws what the client throws */
  async next(id: string): Promise<Outcome> {
    const number = this.count++;
    const register = REGISTERS.ids[number % REGISTERS.ids.length] ?? '';
    const version = this.known.get(register);
    const wished = KINDS[Math.floor(number / REGISTERS.ids.length) % KINDS.length] ?? 'read';
    // Nothing can be swapped that was never seen.
    const kind = wished === 'swap' && version === undefined ? 'read' : wished;
    const expected = kind === 'swap' ? version : undefined;
    this.keep({ begin: id, host: hostname(), register, kind, t: Date.now(), ...(expected && { expected }) });
    const end = (result: 'ok' | 'refused', seen: Seen = {}) => {
      this.keep({ end: id, t: Date.now(), result, ...seen });
      if (seen.version) this.known.set(register, seen.version);
    };
    return kind === 'read' ? this.read(register, end) : this.write(register, id, expected, end);
  }

  private async read(register: string, end: (result: 'ok', seen: Seen) => void): Promise<Outcome> {
    const asked = { index: REGISTERS.index, id: register };
    const result = await this.client.get<{ seen: string }>(asked, { meta: true, ignore: [404] });
    return accepted(result, (body) => {
      if (body.found === false) return end('ok', {});
      end('ok', { version: versionOf(body), value: body._source?.seen });
    });
  }

  private async write(
    register: string,
    value: string,
    expected: Version | undefined,
    end: (result: 'ok' | 'refused', seen?: Seen) => void,
  ): Promise<Outcome> {
    const only = expected && { if_seq_no: expected.seqNo, if_primary_term: expected.primaryTerm };
    const asked = { index: REGISTERS.index, id: register, document: { seen: value }, ...only };
    try {
      return accepted(await this.client.index(asked, { meta: true }), (body) => {
        end('ok', { version: versionOf(body), value });
      });
    } catch (error) {
      if (!(expected && error instanceof errors.ResponseError && error.statusCode === 409)) throw error;
      end('refused');
      this.known.delete(register);
      return accepted({ body: undefined, statusCode: 409, meta: error.meta.meta }, () => undefined);
    }
  }
}

/** @throws Error when an answer does not say which write it is of */
function versionOf({
  _seq_no: seqNo,
  _primary_term: primaryTerm,
}: {
  _seq_no?: number;
  _primary_term?: number;
}): Version {
  if (seqNo === undefined || primaryTerm === undefined) throw new Error('the answer does not say which write it is of');
  return { seqNo, primaryTerm };
}
