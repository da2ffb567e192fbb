import type { Acknowledgements } from '../demo/acknowledgements.ts';
import type { Api } from '../demo/api.ts';
import type { Fates } from '../demo/fates.ts';
import type { SettlementClient } from '../demo/settlement-client.ts';
import type { DayClock } from './day-clock.ts';
import type { DayFiles } from './day-files.ts';
import type { People } from './people.ts';
import type { Story } from './story.ts';

/** What every step of the day can reach. */
export interface Day {
  readonly files: DayFiles;
  readonly clock: DayClock;
  readonly story: Story;
  readonly gateway: Api;
  readonly rail: Api;
  readonly people: People;
  readonly client: SettlementClient;
  readonly acknowledgements: Acknowledgements;
  readonly fates: Fates;
  /** The accounts of accounts.csv as the register knows them, by their key. */
  readonly accounts: Map<string, RegisteredAccount>;
}

export interface RegisteredAccount {
  readonly id: string;
  readonly internalAccountCode: string;
}

/** One thing that happens at a time of the day. It tells only what it has read back from the system. */
export interface DayStep {
  /** Minutes since the day began. */
  readonly at: number;
  readonly play: (day: Day) => Promise<void>;
}
