import { Role } from '@jinku/security';

/** The roles that a person can have; `client` is for systems alone. */
export const PERSON_ROLES = [Role.VIEWER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly PersonRole[];
  readonly isDisabled: boolean;
  readonly createdAt: Date;
}

/** Who rules over accounts, and who looks over everybody's shoulder, may not move money. */
const INCOMPATIBLE_DUTIES: readonly (readonly [PersonRole, PersonRole])[] = [
  [Role.ADMIN, Role.OPERATOR],
  [Role.ADMIN, Role.APPROVER],
  [Role.AUDITOR, Role.OPERATOR],
  [Role.AUDITOR, Role.APPROVER],
];

/** The first pair of duties that one person may not hold together, or null. */
export function incompatibleDuties(roles: readonly PersonRole[]): readonly [PersonRole, PersonRole] | null {
  return INCOMPATIBLE_DUTIES.find((pair) => pair.every((role) => roles.includes(role))) ?? null;
}
