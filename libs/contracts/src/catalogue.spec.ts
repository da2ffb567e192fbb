import { describe, expect, test } from '@jest/globals';
import { expectGenerated } from '@jinku/testing';
import { z } from 'zod';
import { CATALOGUE } from './catalogue.ts';
import { Topic } from './topics.ts';

describe.each(CATALOGUE.map((contract) => [contract.name, contract] as const))('%s', (name, contract) => {
  test('the example fits the schema and has a key', () => {
    expect(contract.schema.parse(contract.example)).toEqual(contract.example);
    expect(contract.key(contract.example)).not.toBe('');
  });

  test('the committed JSON Schema is the schema', () => {
    const [service, rest] = name.split(/\.(.*)/s) as [string, string];
    const schema = z.toJSONSchema(contract.schema, { io: 'input', unrepresentable: 'any' });
    expectGenerated(`libs/contracts/src/${service}/${rest}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
  });
});

test('names are unique and topics are known', () => {
  expect(new Set(CATALOGUE.map((c) => c.name)).size).toBe(CATALOGUE.length);
  expect(Object.values(Topic)).toEqual(expect.arrayContaining([...new Set(CATALOGUE.map((c) => c.topic))]));
});
