import type { RegistrationStep } from './change-account.ts';

/** What a proposal carries out once a second person agrees. */
export type AccountAct =
  | { readonly act: 'OPEN' }
  | {
      readonly act: 'CHANGE';
      /** The fields to be changed as the maker saw them. */
      readonly before: Readonly<Record<string, unknown>>;
      readonly after: Readonly<Record<string, unknown>>;
      /** The business date from which it holds. */
      readonly effectiveOn: string;
    }
  | { readonly act: 'FREEZE' }
  | { readonly act: 'UNFREEZE' }
  | { readonly act: 'CLOSE' }
  | { readonly act: 'REGISTER'; readonly step: RegistrationStep };

export const ACCOUNT_ACTS = ['OPEN', 'CHANGE', 'FREEZE', 'UNFREEZE', 'CLOSE', 'REGISTER'] as const satisfies readonly AccountAct['act'][];

export type AccountProposal = AccountAct & { readonly accountId: string };

/** The kind of an act's proposal in the table of approvals. */
export function kindOf(act: AccountAct['act']): string {
  return `accounts.${act.toLowerCase()}`;
}
