import { incompatibleDuties, PERSON_ROLES, type PersonRole } from './person.ts';

const ALLOWED_PAIRS = new Set(['viewer+operator', 'viewer+approver', 'viewer+auditor', 'viewer+admin', 'operator+approver', 'auditor+admin']);

const pairs = PERSON_ROLES.flatMap((first, at) => PERSON_ROLES.slice(at + 1).map((second) => [first, second] as const));

test.each(pairs)('one person may hold %s and %s only when the two duties are compatible', (first, second) => {
  const isAllowed = ALLOWED_PAIRS.has(`${first}+${second}`);

  expect(incompatibleDuties([first, second]) === null).toBe(isAllowed);
  expect(incompatibleDuties([second, first]) === null).toBe(isAllowed);
});

test('each single role is a duty that one person can have', () => {
  for (const role of PERSON_ROLES) expect(incompatibleDuties([role])).toBeNull();
});

test('an incompatible pair is found among many roles', () => {
  const all: readonly PersonRole[] = PERSON_ROLES;

  expect(incompatibleDuties(all)).not.toBeNull();
  expect(incompatibleDuties(['viewer', 'auditor', 'approver'])).toEqual(['auditor', 'approver']);
});
