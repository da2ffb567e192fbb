import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CATALOGUE } from './catalogue.ts';
import { Topic } from './topics.ts';

const here = dirname(fileURLToPath(import.meta.url));

describe.each(CATALOGUE.map((contract) => [contract.name, contract] as const))('%s', (name, contract) => {
  test('the example fits the schema and has a key', () => {
    expect(contract.schema.parse(contract.example)).toEqual(contract.example);
    expect(contract.key(contract.example)).not.toBe('');
  });

  test('the committed JSON Schema is the schema', () => {
    const [service, rest] = name.split(/\.(.*)/s) as [string, string];
    const path = join(here, service, `${rest}.schema.json`);
    const generated = `${JSON.stringify(z.toJSONSchema(contract.schema, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`;
    if (process.env['JINKU_UPDATE'] === '1') writeFileSync(path, generated);
    expect(readFileSync(path, 'utf8')).toBe(generated);
  });
});

test('names are unique and topics are known', () => {
  expect(new Set(CATALOGUE.map((c) => c.name)).size).toBe(CATALOGUE.length);
  expect(Object.values(Topic)).toEqual(expect.arrayContaining([...new Set(CATALOGUE.map((c) => c.topic))]));
});
