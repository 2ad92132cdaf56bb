import type { Check } from '../../../contract/evidence';
import { refusalOf } from '../../../elasticsearch/client/ask';
import { NoAnswer, type WhyNoAnswer } from '../../../elasticsearch/client/no-answer';
import { plannedNode } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { refused } from '../check';

/** What an old node's answer to the first question was not, and what to do about it, which its cause decides. Pure. */
export function unanswered(plan: Plan, host: string, error: unknown): Check {
  const { httpPort } = plan.elasticsearch;
  const at = `${plannedNode(plan, host).address}:${httpPort}`;
  const refusal = refusalOf(error);
  const why = error instanceof NoAnswer ? error.why : 'unknown';
  const remedy = refusal ? ofRefusal(plan, refusal.status) : ofSilence(plan, host, at)[why];
  return refused('cluster-answers', host, seen(error as Error, refusal), remedy);
}

/** A refusal's text has a remedy of its own, for whoever has no other. */
function seen({ message }: Error, refusal: { status: number; reason: string } | undefined): string {
  if (!refusal) return message;
  return refusal.status > 0
    ? `it refuses with ${refusal.status}: ${refusal.reason}`
    : 'it is not an Elasticsearch that bigswitch can speak to';
}

/** Status with which an Elasticsearch before 7.16 answers the kind of answer that the client asks for. */
const NOT_ACCEPTABLE = 406;

function ofRefusal({ elasticsearch }: Plan, status: number): string {
  const rights = 'the role of examples/role.json';
  if (status === 401) {
    return elasticsearch.auth
      ? 'correct elasticsearch.auth in the plan: the cluster does not know who that is'
      : `add elasticsearch.auth to the plan: a user that has ${rights}`;
  }
  if (status === 403) return `give who logs in by elasticsearch.auth of the plan ${rights}`;
  if (status === 0 || status === NOT_ACCEPTABLE) {
    return 'bigswitch moves Elasticsearch 7.17, 8.x and 9.x: upgrade an older one to 7.17 first; OpenSearch can not be moved; if something else listens there, correct address and httpPort in the plan';
  }
  return 'look into its log; if something else listens there, correct address and httpPort in the plan';
}

function ofSilence({ elasticsearch }: Plan, host: string, at: string): Record<WhyNoAnswer, string> {
  const { service } = elasticsearch;
  const tls = elasticsearch.https
    ? 'if it speaks plain http there, remove elasticsearch.https from the plan'
    : 'if it speaks https there (xpack.security.http.ssl.enabled, the default since 8.0), name the CA of its certificate as elasticsearch.https.ca in the plan';
  return {
    refused: `start Elasticsearch on ${host} (${service}); or correct address and httpPort in the plan: nothing listens at ${at}`,
    'not-https': `remove elasticsearch.https from the plan: it speaks plain http at ${at}`,
    'not-believed': `name the CA of its certificate as elasticsearch.https in the plan, by file or fingerprint, and see that the certificate names its address and is good today: \`openssl s_client -connect ${at} -showcerts\` on ${host}`,
    'hung-up': `${tls}; else look into its log, why it closes connections`,
    late: `see whether ${host} is overloaded, and whether a firewall drops what goes to ${at}; ${tls}`,
    unwell: `look into the log of Elasticsearch on ${host}: it runs, and can not answer`,
    unreadable: `see what listens at ${at}, by \`curl\` on ${host}; correct address and httpPort in the plan where it is not Elasticsearch`,
    unknown: `see whether Elasticsearch answers at ${at}, by \`curl\` on ${host}`,
  };
}
