import { exchangeOptions, type Environment } from '../rail-keys.ts';
import { BankRail, type BankConnector } from './bank-rail.ts';

const CONNECTIONS_MAX = 8;

/** Where each bank is found: the variable of its address, its folder of keys and the path of its door. */
const BANKS: Readonly<Record<BankConnector, { readonly url: string; readonly folder: string; readonly basePath: string }>> = {
  BANK_ALPHA: { url: 'JINKU_BANK_ALPHA_URL', folder: 'bank-alpha', basePath: '/banks/alpha/v1' },
  BANK_BETA: { url: 'JINKU_BANK_BETA_URL', folder: 'bank-beta', basePath: '/banks/beta/v1' },
};

/** The banks that this installation has an address for. */
export function banksOf(environment: Environment, keysDir: string): readonly BankRail[] {
  return (Object.keys(BANKS) as BankConnector[])
    .filter((connectorType) => environment[BANKS[connectorType].url] !== undefined)
    .map((connectorType) => {
      const { basePath, ...place } = BANKS[connectorType];
      return new BankRail({ ...exchangeOptions(environment, keysDir, { place, connections: CONNECTIONS_MAX }), connectorType, basePath });
    });
}
