/** What a caller may do. Maker and checker are told apart by person, never by role. */
export const Role = {
  /** Sees everything that is not a secret. */
  VIEWER: 'viewer',
  /** Makes: asks for payouts, transfers, changes. */
  OPERATOR: 'operator',
  /** Checks what another person made. */
  APPROVER: 'approver',
  /** Sees everything and changes nothing. */
  AUDITOR: 'auditor',
  /** Manages people, registers and settings; moves no money. */
  ADMIN: 'admin',
  /** A client system of the treasury. */
  CLIENT: 'client',
} as const;
export type Role = (typeof Role)[keyof typeof Role];
