import type { Shape } from './shape';

/** Where a node's certificate, its key and the CA of both lie; from the folder of elasticsearch.yml. */
export const NODE_CERTIFICATES = 'certs';

const tls = (port: 'http' | 'transport') => ({
  [`xpack.security.${port}.ssl.enabled`]: true,
  [`xpack.security.${port}.ssl.key`]: `${NODE_CERTIFICATES}/node.key`,
  [`xpack.security.${port}.ssl.certificate`]: `${NODE_CERTIFICATES}/node.crt`,
  [`xpack.security.${port}.ssl.certificate_authorities`]: [`${NODE_CERTIFICATES}/ca.crt`],
});

/** Users with passwords, and TLS on both ports: each node proves its address to the others, and to whoever asks. */
export const secured: Shape = {
  name: 'secured',
  settings: () => ({
    'xpack.security.enabled': true,
    ...tls('transport'),
    'xpack.security.transport.ssl.verification_mode': 'full',
    ...tls('http'),
  }),
};
