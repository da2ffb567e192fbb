import { expect, test } from '@jest/globals';
import { asyncApiDocument } from './asyncapi.ts';
import { CATALOGUE } from './catalogue.ts';

const document = JSON.parse(JSON.stringify(asyncApiDocument())) as {
  asyncapi: string;
  info: { title: string; version: string };
  channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
  operations: Record<string, { action: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
  components: { messages: Record<string, { payload: { schemaFormat: string; schema: { type: string } }; examples: { payload: unknown }[] }> };
};

/** AsyncAPI 3.0 allows these characters in the names of channels, operations and components. */
const NAME = /^[\w.-]+$/;

test('the document has what AsyncAPI 3.0 demands of its root, and no other field', () => {
  expect(document.asyncapi).toBe('3.0.0');
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  expect(Object.keys(document).sort()).toEqual(['asyncapi', 'channels', 'components', 'defaultContentType', 'info', 'operations']);
});

test('every message of the catalogue has an operation on the channel of its topic', () => {
  const told = Object.values(document.operations).flatMap(({ channel, messages }) => messages.map(({ $ref }) => [channel.$ref, $ref]));

  expect(told).toEqual(CATALOGUE.map(({ name, topic }) => [`#/channels/${topic}`, `#/channels/${topic}/messages/${name}`]));
  expect(Object.values(document.operations).every(({ action }) => action === 'send' || action === 'receive')).toBe(true);
});

test('every reference leads somewhere, and every name is one that the specification allows', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
  const missing = references.filter((path) => lookUp(path) === undefined);
  const names = [document.channels, document.operations, document.components.messages].flatMap((section) => Object.keys(section));

  expect(missing).toEqual([]);
  expect(names.filter((name) => !NAME.test(name))).toEqual([]);
});

test('every payload is a JSON Schema of an object beside an example', () => {
  for (const { payload, examples } of Object.values(document.components.messages)) {
    expect(payload).toMatchObject({ schemaFormat: 'application/schema+json;version=draft-07', schema: { type: 'object' } });
    expect(examples[0]?.payload).toEqual(expect.any(Object));
  }
});

function lookUp(path: string): unknown {
  return path.split('/').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
}
