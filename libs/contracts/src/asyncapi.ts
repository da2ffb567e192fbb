import { z } from 'zod';
import { CATALOGUE } from './catalogue.ts';
import type { MessageContract } from './define-message.ts';
import { partitionsOf } from './topics.ts';

const KAFKA_BINDING_VERSION = '0.5.0';
const JSON_SCHEMA = 'application/schema+json;version=draft-07';

type Json = Readonly<Record<string, unknown>>;

const text = (description: string, rules: Json = {}): Json => ({ type: 'string', description, ...rules });

/** CloudEvents 1.0 in the Kafka binding's binary mode: the value is the data, everything else is a header. */
const INTERNAL_HEADERS: Json = {
  ce_specversion: text('The version of CloudEvents.', { const: '1.0' }),
  ce_id: text('The id of the message: the same id is the same message, however often it comes.'),
  ce_type: text('The name of the contract.'),
  ce_source: text('`/jinku/<service>`, or the outside system\'s own.'),
  ce_time: text('When it happened.', { format: 'date-time' }),
  ce_subject: text('The key that keeps its order.'),
  'content-type': text('The form of the value.', { const: 'application/json' }),
  correlationid: text('The same for everything that follows from one request.'),
  causationid: text('The message that led to this one.'),
  traceparent: text('W3C trace context.'),
};
const CLIENT_HEADERS: Json = {
  ...INTERNAL_HEADERS,
  clientid: text('The service client whose message this is.'),
  jws: text('Detached JWS of the client over the value (RFC 7515 appendix F, RFC 7797 b64=false, EdDSA).'),
};
const REQUIRED_HEADERS = ['ce_id', 'ce_type', 'ce_source', 'ce_time'];

/** The AsyncAPI 3.0 document of every message, from the treasury's side: what clients send us we receive, all else we send. */
export function asyncApiDocument(): Json {
  const topics = [...new Set(CATALOGUE.map(({ topic }) => topic))];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Jinku messages',
      version: '1',
      description: 'Every message of the treasury of a payment institution: the public ones of its clients, and those among its services.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic, channelOf(topic)])),
    operations: Object.fromEntries(CATALOGUE.map((contract) => [operationName(contract), operationOf(contract)])),
    components: {
      messages: Object.fromEntries(CATALOGUE.map((contract) => [contract.name, messageOf(contract)])),
      messageTraits: {
        event: { headers: { type: 'object', properties: INTERNAL_HEADERS, required: REQUIRED_HEADERS } },
        clientMessage: { headers: { type: 'object', properties: CLIENT_HEADERS, required: [...REQUIRED_HEADERS, 'clientid'] } },
      },
    },
  };
}

/** Whether an outside system publishes it: no service of ours has its name. */
export function comesFromOutside({ name }: Pick<MessageContract<never>, 'name'>): boolean {
  return name.startsWith('settlement.');
}

function channelOf(topic: string): Json {
  const contracts = CATALOGUE.filter((contract) => contract.topic === topic);
  return {
    address: topic,
    messages: Object.fromEntries(contracts.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { kafka: { topic, partitions: partitionsOf(topic), bindingVersion: KAFKA_BINDING_VERSION } },
  };
}

function operationOf(contract: MessageContract<never>): Json {
  const channel = `#/channels/${contract.topic}`;
  return {
    action: comesFromOutside(contract) ? 'receive' : 'send',
    summary: contract.sentence,
    channel: { $ref: channel },
    messages: [{ $ref: `${channel}/messages/${contract.name}` }],
  };
}

function messageOf(contract: MessageContract<never>): Json {
  return {
    name: contract.name,
    title: contract.name,
    summary: contract.sentence,
    tags: [{ name: contract.audience.toLowerCase() }],
    contentType: 'application/json',
    traits: [{ $ref: `#/components/messageTraits/${comesFromOutside(contract) ? 'clientMessage' : 'event'}` }],
    payload: { schemaFormat: JSON_SCHEMA, schema: z.toJSONSchema(contract.schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' }) },
    bindings: {
      kafka: { key: text('What keeps the order of messages.', { examples: [contract.key(contract.example)] }), bindingVersion: KAFKA_BINDING_VERSION },
    },
    examples: [{ name: 'example', headers: { ce_type: contract.name }, payload: contract.example }],
  };
}

/** `sendPayoutsAttemptsConcludedV1`. */
function operationName(contract: MessageContract<never>): string {
  const words = contract.name.split(/[.-]/).map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return `${comesFromOutside(contract) ? 'receive' : 'send'}${words.join('')}`;
}
