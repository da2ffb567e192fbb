import { ownerOf } from './routing-table.ts';

test.each([
  ['/v1/payouts', 'payouts'],
  ['/v1/payouts/01993c1e-0000-7000-8000-000000000001/hold', 'payouts'],
  ['/v1/business-lines', 'payouts'],
  ['/v1/grants', 'quotas'],
  ['/v1/accounts/1', 'accounts'],
  ['/v1/audit/statements', 'audit'],
  ['/v1/connector-types', 'accounts'],
  ['/v1/transfers', 'transfers'],
  ['/v1/transfer-rules/1/dry-run', 'transfers'],
  ['/v1/internal-accounts', 'ledger'],
  ['/v1/trial-balance', 'ledger'],
  ['/v1/parked-messages/ledger/7/replay', 'ledger'],
  ['/v1/parked-messages/payouts', 'payouts'],
])('%s belongs to %s', (path, owner) => {
  expect(ownerOf(path)).toBe(owner);
});

test.each(['/v1/people', '/v1/auth/login', '/v1/constructor', '/v1/__proto__', '/v1/parked-messages', '/v1/parked-messages/gateway', '/v1/parked-messages/constructor', '/payouts', '/v2/payouts', '/', '/metrics', '/health/ready'])(
  '%s is not passed on to any service',
  (path) => {
    expect(ownerOf(path)).toBeNull();
  },
);
