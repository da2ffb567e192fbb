import { beforeAll, expect, test } from '@jest/globals';
import { asyncApiDocument } from '@jinku/contracts';
import { publicDocument } from '@jinku/gateway';
import { describeService, type ServiceDescription } from '@jinku/service';
import { expectGenerated } from '@jinku/testing';
import { services } from '../services.ts';
import { committedSchemas, refusalLists } from './checkout-files.ts';
import { errorsPage } from './errors-page.ts';
import { messagesPage } from './messages-page.ts';
import { schemaPage } from './schema-page.ts';

type Document = ReturnType<typeof publicDocument>;
interface Operation {
  readonly summary?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>>; readonly $ref?: string }>>;
  readonly 'x-roles'?: readonly string[];
  readonly security?: readonly object[];
}

const names = services.map(({ name }) => name);
const described: ServiceDescription[] = [];

beforeAll(async () => {
  for (const service of services) described.push(await describeService(service, names));
});

test.each(names)('the committed OpenAPI document of %s is what it serves', (name) => {
  expectGenerated(`docs/api/${name}.openapi.json`, written(documentOf(name)));
});

test('the committed OpenAPI document of the whole is what the gateway serves', () => {
  expectGenerated('docs/api/jinku.openapi.json', written(wholeDocument()));
});

test('the committed AsyncAPI document is the catalogue', () => {
  expectGenerated('docs/api/asyncapi.json', written(asyncApiDocument()));
});

test('the committed page of messages is the catalogue and the consumers', () => {
  expectGenerated('docs/messages.md', messagesPage(described));
});

test('the committed page of refusals is the closed lists', async () => {
  expectGenerated('docs/errors.md', errorsPage(await refusalLists()));
});

test('the committed page of tables is the committed schemas', () => {
  expectGenerated('docs/schema.md', schemaPage(committedSchemas()));
});

test('every operation has a summary, a schema for what it answers and the problems that may come instead', () => {
  const lacking = operationsOf(wholeDocument()).flatMap(([name, operation]) => {
    const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    return [
      operation.summary === undefined || operation.summary === '' ? `${name} has no summary` : '',
      answers.length === 0 ? `${name} answers nothing` : '',
      ...answers.map(([status, { content }]) => (status === '204' || Object.values(content ?? {})[0]?.schema !== undefined ? '' : `${name} says nothing of ${status}`)),
      ...['500', '503'].map((status) => (operation.responses[status] === undefined ? `${name} has no ${status}` : '')),
    ].filter((complaint) => complaint !== '');
  });

  expect(lacking).toEqual([]);
});

test('every operation either names the roles that may call it, or needs no token', () => {
  const bare = operationsOf(wholeDocument()).filter(([, { security, 'x-roles': roles, summary }]) => security !== undefined && roles?.length === 0 && summary !== '');

  expect(bare.map(([name]) => name)).toEqual([]);
});

test('a write that asks for an idempotency key says so, and at the gateway each one does', () => {
  const whole = wholeDocument().paths['/v1/payouts'] as { post: { parameters: { name: string; required: boolean }[] } };
  const hold = documentOf('payouts').paths['/v1/payouts/{id}/hold'] as typeof whole;
  const request = documentOf('payouts').paths['/v1/payouts'] as typeof whole;

  expect(hold.post.parameters).toContainEqual(expect.objectContaining({ name: 'idempotency-key', required: true }));
  expect(whole.post.parameters).toContainEqual(expect.objectContaining({ name: 'idempotency-key', required: true }));
  expect(request.post.parameters).not.toContainEqual(expect.objectContaining({ name: 'idempotency-key' }));
});

function documentOf(name: string): Document {
  return described.find((service) => service.name === name)?.openApi as unknown as Document;
}

function wholeDocument(): Document {
  const others = described.filter(({ name }) => name !== 'gateway').map(({ name, openApi }) => [name, openApi as unknown as Document] as const);
  return publicDocument(described.find(({ name }) => name === 'gateway')!.openApi, new Map(others));
}

function operationsOf(document: Document): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([verb, operation]): [string, Operation] => [`${verb.toUpperCase()} ${path}`, operation]),
  );
}

function written(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
