import { CATALOGUE } from '@jinku/contracts';
import { problemReference } from '@jinku/service';

const problem = (description: string): object => ({ description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } });
const header = (name: string, description: string, schema: object = { type: 'string' }): object => ({ name, in: 'header', required: true, description, schema });

const noticeDoor = (house: string): object => ({
  post: {
    tags: ['notices'],
    summary: `${house} tells of a result; answered when it is stored`,
    parameters: ['x-signature-algorithm', 'x-key-id', 'x-timestamp', 'x-nonce', 'x-signature'].map((name) => header(name, 'Of the signature: see docs/rails/netsunion.md')),
    requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
    responses: {
      200: {
        description: 'Stored, now or before.',
        content: { 'application/json': { schema: { type: 'object', properties: { received: { const: true } }, required: ['received'] } } },
      },
      400: problem('Signed, and not a notice.'),
      401: problem('Not signed by the house, or too old.'),
      413: problem('Too large.'),
      500: problemReference(500),
      503: problem('Not stored; send it again.'),
    },
  },
});

/** The doors that read bodies as they are, described by hand. */
export const DOOR_PATHS = {
  '/notices/netsunion': noticeDoor('NetsUnion'),
  '/notices/unionpay': noticeDoor('UnionPay'),
} as const;

/** What outside systems send: public, and named for another system than ours. */
const SENT_BY_CLIENTS = CATALOGUE.filter(({ audience, topic }) => audience === 'PUBLIC' && topic.startsWith('settlement.'));

/** Stands beside the reading of results under the same path. */
export const MESSAGE_DOOR_POST = {
  tags: ['messages'],
  summary: 'Put a message on the bus; the body is the message, byte for byte',
  security: [{ bearer: [] }],
  'x-roles': ['client'],
  parameters: [
    { name: 'topic', in: 'path', required: true, schema: { type: 'string', enum: [...new Set(SENT_BY_CLIENTS.map(({ topic }) => topic))] } },
    header('x-message-type', 'The name of the contract', { type: 'string', enum: SENT_BY_CLIENTS.map(({ name }) => name) }),
    header('x-message-id', 'The same id sent again is the same message', { type: 'string', format: 'uuid' }),
    header('x-jws-signature', 'Detached JWS (RFC 7515 appendix F, RFC 7797 b64=false, EdDSA) of the client over the body'),
  ],
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
  responses: {
    202: {
      description: 'In the log; results of payouts come on jinku.payout-results.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { messageId: { type: 'string', format: 'uuid' }, topic: { type: 'string' }, status: { const: 'APPENDED' } },
            required: ['messageId', 'topic', 'status'],
          },
        },
      },
    },
    400: problem('The headers or the body break a rule.'),
    401: problem('No valid token, or not signed by its client.'),
    403: problem('Not a service client.'),
    404: problem('Not a public topic.'),
    413: problem('Too large.'),
    429: problem('More than the rate limit.'),
    500: problemReference(500),
    503: problem('Perhaps not appended; send it again under the same id.'),
  },
} as const;
