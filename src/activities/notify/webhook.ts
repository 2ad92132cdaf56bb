import { ApplicationFailure } from '@temporalio/common';
import type { Notice } from '../../contract/notice';
import type { Notify } from '../../plan/notify';
import type { Secrets } from '../../secrets/secrets';
import { harmless } from '../../text/harmless';

/** A receiver that does not answer in this time is tried again. */
const ANSWER_MS = 20_000;

/**
 * Sends a notice by HTTP POST; only an answer of 200 to 299 counts as delivered. A redirect is not followed: the address and
 * the header are meant for one receiver.
 * @throws ApplicationFailure that says what came back, never the address
 */
export async function postNotice(
  { url: ref, format, authorization }: Notify['webhooks'][number],
  notice: Notice,
  secrets: Secrets,
  signal?: AbortSignal,
): Promise<void> {
  const url = addressOf(ref, await secrets.resolve(ref));
  const headers = {
    'content-type': 'application/json',
    // What receivers usually take to tell a repeat.
    'idempotency-key': notice.id,
    ...(authorization !== undefined && { authorization: await secrets.resolve(authorization) }),
  };
  const body = JSON.stringify(format === 'slack' ? { text: slackText(notice) } : notice);
  const signals = [AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])];
  let answer: Response;
  try {
    answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    throw ApplicationFailure.retryable(`the receiver can't be reached: ${reasonOf(error)}`, 'NotDelivered');
  }
  await answer.body?.cancel().catch(() => undefined);
  if (!answer.ok) throw ApplicationFailure.retryable(`the receiver answered ${answer.status}`, 'NotDelivered');
}

function addressOf(ref: string, value: string): URL {
  const url = URL.canParse(value.trim()) ? new URL(value.trim()) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw ApplicationFailure.nonRetryable(`${ref} holds no http or https address; put it there`, 'NotDelivered');
}

/** Only the code: messages of the network may hold the address. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1000} s`;
  const inner = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  return (inner as NodeJS.ErrnoException | undefined)?.code ?? name;
}

/** A notice as people read it in a chat. */
export function slackText(notice: Notice): string {
  const { migration, phase, what, todo, commands, link } = notice;
  return [
    `*${escaped(migration)}*, phase ${phase}: ${escaped(what)}`,
    `To do: ${escaped(todo)}`,
    ...(link === undefined ? [] : [`The run: ${escaped(link)}`]),
    ...commands.map(({ does, command }) => `${capital(escaped(does))}:\n\`\`\`${escaped(command)}\`\`\``),
  ].join('\n');
}

/**
 * These three have a meaning of their own in Slack's text: `<!channel>` would call everybody. A backtick would begin or end a
 * box like that of a command, and can't be escaped.
 */
function escaped(text: string): string {
  return harmless(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', "'");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
