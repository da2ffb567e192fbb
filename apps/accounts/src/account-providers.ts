import { AccountHistoryRepository } from './account/persistence/account-history.repository.ts';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { ClosingRepository } from './account/persistence/closing.repository.ts';
import { ProposalRepository } from './account/persistence/proposal.repository.ts';
import { ScheduledChangeRepository } from './account/persistence/scheduled-change.repository.ts';
import { ListAccounts } from './account/queries/list-accounts.ts';
import { ListClientFundAccounts } from './account/queries/list-client-fund-accounts.ts';
import { ListProposals } from './account/queries/list-proposals.ts';
import { ReadAccountHistory } from './account/queries/read-account-history.ts';
import { ApplyChange } from './account/use-cases/apply-change.ts';
import { CarryOutAct } from './account/use-cases/carry-out-act.ts';
import { DecideProposal } from './account/use-cases/decide-proposal.ts';
import { DescribeAccount } from './account/use-cases/describe-account.ts';
import { DoDueWork } from './account/use-cases/do-due-work.ts';
import { EndOpening } from './account/use-cases/end-opening.ts';
import { FollowLink } from './account/use-cases/follow-link.ts';
import { ProgressClosing } from './account/use-cases/progress-closing.ts';
import { ProposeAccountAct } from './account/use-cases/propose-account-act.ts';
import { RecordAccount } from './account/use-cases/record-account.ts';
import { RequestAccountOpening } from './account/use-cases/request-account-opening.ts';
import { StartClosing } from './account/use-cases/start-closing.ts';
import { StateClosingCheck } from './account/use-cases/state-closing-check.ts';
import { ConnectorTypeRepository } from './connector-type/persistence/connector-type.repository.ts';
import { ChangeConnectorType } from './connector-type/use-cases/change-connector-type.ts';

/** All of the service but its doors and jobs, so that a spec wires it as production does. */
export const ACCOUNT_PROVIDERS = [
  AccountRepository,
  AccountHistoryRepository,
  ScheduledChangeRepository,
  ClosingRepository,
  ProposalRepository,
  ListAccounts,
  ListClientFundAccounts,
  ListProposals,
  ReadAccountHistory,
  RecordAccount,
  DescribeAccount,
  RequestAccountOpening,
  ProposeAccountAct,
  DecideProposal,
  CarryOutAct,
  ApplyChange,
  EndOpening,
  StartClosing,
  ProgressClosing,
  StateClosingCheck,
  FollowLink,
  DoDueWork,
  ConnectorTypeRepository,
  ChangeConnectorType,
];
