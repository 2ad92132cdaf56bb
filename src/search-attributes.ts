import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { registerCommand, SEARCH_ATTRIBUTE_NAMES } from './contract/search-attributes';

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API; one of another type would be refused as well. */
const KEYWORD = 2;

/**
 * Names of those of our search attributes that the server has registered for this namespace, as keywords.
 * @throws Error when the server doesn't say
 */
export async function registeredSearchAttributes(connection: NativeConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return SEARCH_ATTRIBUTE_NAMES.filter((name) => Number(customAttributes?.[name]) === KEYWORD);
}

/** Says in the log what is not registered and which command does it. Migrations run without them too. */
export async function tellMissingSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  try {
    const registered = await registeredSearchAttributes(connection, namespace);
    const missing = SEARCH_ATTRIBUTE_NAMES.filter((name) => !registered.includes(name));
    if (missing.length === 0) return;
    const command = registerCommand(missing, namespace);
    log.warn({ missing, command }, 'search attributes are not registered; lists will not show cluster, phase and gate');
  } catch (error) {
    log.warn({ reason: (error as Error).message }, 'the server does not say which search attributes are registered');
  }
}
