import { expect, test } from '@jest/globals';
import { connectorTypeContent, type ConnectorTypeContent } from './connector-type.ts';
import { NETSUNION } from './netsunion.ts';

const policies = NETSUNION.policies!;
const fieldsOf = (change: object): string[] => {
  const { error } = connectorTypeContent.safeParse({ ...NETSUNION, ...change });
  return (error?.issues ?? []).map((issue) => issue.path.join('.'));
};

test('NetsUnion as it comes is a connector type', () => {
  expect(connectorTypeContent.parse(NETSUNION)).toEqual(NETSUNION);
});

test.each<[string, object, string]>([
  ['a capability named twice', { capabilities: ['PAYOUT', 'QUOTA', 'NOTICES', 'QUOTA'] }, 'capabilities'],
  ['a capability that is not on the list', { capabilities: ['PAYOUT', 'QUOTA', 'NOTICES', 'MAGIC'] }, 'capabilities.3'],
  ['a clearing house without policies', { policies: null }, 'policies'],
  ['policies of a bank', { institution: 'BANK' }, 'policies'],
  ['a policy that is not on its list', { policies: { ...policies, receiptsCount: 'SOMETIMES' } }, 'policies.receiptsCount'],
  ['settlement to a virtual account that cannot be emptied', { policies: { ...policies, settlementTarget: 'VIRTUAL' } }, 'policies.settlementTarget'],
  ['notices without a door for them', { endpoint: { ...NETSUNION.endpoint, noticePath: null } }, 'endpoint.noticePath'],
  ['signing without a key', { credentials: [] }, 'credentials'],
  ['a key in place of its reference', { credentials: [{ use: 'SIGN', reference: '-----BEGIN PRIVATE KEY-----' }] }, 'credentials.0.reference'],
  ['more inquiries than requests', { budgets: { windowMs: 1_000, requestsPerWindow: 1, inquiriesPerWindow: 2 } }, 'budgets.inquiriesPerWindow'],
  ['hours that end before they begin', { openingHours: [{ days: 'EVERY_DAY', from: '17:30', to: '09:00' }] }, 'openingHours.0.to'],
  ['a task that the connector cannot do', { tasks: [{ name: 'read-balance', capability: 'BALANCE', runBy: 'quotas', trigger: { kind: 'ON_DEMAND' } }] }, 'tasks.0.capability'],
  ['two tasks of one name', { tasks: [NETSUNION.tasks[0], NETSUNION.tasks[0]] }, 'tasks.1.name'],
  ['a field that nobody knows', { password: 'secret' }, ''],
])('%s is refused by name', (_, change, field) => {
  expect(fieldsOf(change satisfies Partial<Record<keyof ConnectorTypeContent | 'password', unknown>>)).toEqual([field]);
});
