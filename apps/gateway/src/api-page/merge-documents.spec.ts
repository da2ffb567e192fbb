import { mergeDocuments, type ApiDocument } from './merge-documents.ts';

const own: ApiDocument = { openapi: '3.1.0', paths: { '/v1/people': { get: {} } }, components: { schemas: { Page: { type: 'object' } } } };
const ledger: ApiDocument = {
  paths: { '/v1/accounts': { get: { $ref: '#/components/schemas/Page' } }, '/internal': {} },
  components: { schemas: { Page: { type: 'array' }, Entry: { type: 'string' } } },
};

test('only what is passed on to a service is in the document', () => {
  const merged = mergeDocuments(own, new Map([['ledger', ledger]]), (_, path) => path.startsWith('/v1/'));

  expect(Object.keys(merged.paths)).toEqual(['/v1/accounts', '/v1/people']);
});

test('two schemas of one name with other content are told apart', () => {
  const merged = mergeDocuments(own, new Map([['ledger', ledger]]), () => true);

  expect(merged.components?.['schemas']).toEqual({ Page: { type: 'object' }, 'ledger.Page': { type: 'array' }, Entry: { type: 'string' } });
  expect(merged.paths['/v1/accounts']).toEqual({ get: { $ref: '#/components/schemas/ledger.Page' } });
});
