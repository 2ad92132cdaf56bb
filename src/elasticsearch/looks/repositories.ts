import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

/** Settings of a repository that say what it needs; others may be secrets, and are not asked for. */
const ASKED = ['location', 'client', 'delegate_type'] as const;

const repositoriesSchema = z.record(
  z.string(),
  z.object({ type: z.string(), settings: z.partialRecord(z.enum(ASKED), z.string()).default({}) }),
);

/** Where snapshots are kept. */
export interface Repository {
  name: string;
  /** Such as `fs` or `s3`; of one that keeps sources only, that of the one behind it. */
  type: string;
  /** A folder, absolute or in the first of `path.repo`. */
  location?: string;
  /** By whose keystore entries it logs in. */
  client?: string;
}

/** Every repository that is registered. */
export async function readRepositories(client: Client): Promise<Repository[]> {
  const query = { filter_path: ['*.type', ...ASKED.map((key) => `*.settings.${key}`)].join(',') };
  const all = await askCluster(client, repositoriesSchema, { path: '/_snapshot', query });
  return Object.entries(all)
    .map(
      ([
        name,
        {
          type,
          settings: { location, client: by, delegate_type: behind },
        },
      ]) => ({
        name,
        type: type === 'source' && behind !== undefined ? behind : type,
        ...(location !== undefined && { location }),
        ...(by !== undefined && { client: by }),
      }),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}
