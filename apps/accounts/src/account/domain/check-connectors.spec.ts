import { expect, test } from '@jest/globals';
import { NETSUNION } from '../../connector-type/domain/netsunion.ts';
import { checkConnectors } from './check-connectors.ts';

const inForce = [{ code: 'NETSUNION', content: NETSUNION }];

test('an account may do without a connector, or pick one in force and another for one capability', () => {
  expect(() => checkConnectors({ connectorType: null, secondaryConnectors: [] }, [])).not.toThrow();
  expect(() => checkConnectors({ connectorType: 'NETSUNION', secondaryConnectors: [{ capability: 'QUOTA', connectorType: 'NETSUNION' }] }, inForce)).not.toThrow();
});

test.each([
  ['a connector that is not in force', { connectorType: 'UNIONPAY', secondaryConnectors: [] }, 'CONNECTOR_NOT_IN_FORCE', 'connectorType'],
  ['a secondary one that is not', { connectorType: null, secondaryConnectors: [{ capability: 'QUOTA', connectorType: 'UNIONPAY' }] }, 'CONNECTOR_NOT_IN_FORCE', 'secondaryConnectors[0].connectorType'],
  ['a capability that it does not offer', { connectorType: null, secondaryConnectors: [{ capability: 'BALANCE', connectorType: 'NETSUNION' }] }, 'CAPABILITY_NOT_OFFERED', 'secondaryConnectors[0].capability'],
] as const)('%s is refused by field', (_, terms, code, field) => {
  expect(() => checkConnectors(terms, inForce)).toThrow(expect.objectContaining({ code, violations: [expect.objectContaining({ field })] }));
});
