import type { Capability, ConnectorType } from '../../connector-type/domain/connector-type.ts';
import { ACCOUNT_REFUSALS } from './account-refusals.ts';
import type { AccountTerms } from './account.ts';

/** An account picks connector types that are in force, and each secondary one for something that it can do. */
export function checkConnectors(
  { connectorType, secondaryConnectors }: Pick<AccountTerms, 'connectorType' | 'secondaryConnectors'>,
  inForce: readonly Pick<ConnectorType, 'code' | 'content'>[],
): void {
  const capabilities = new Map<string, readonly Capability[]>(inForce.map(({ code, content }) => [code, content.capabilities]));
  if (connectorType !== null && !capabilities.has(connectorType)) {
    throw ACCOUNT_REFUSALS.CONNECTOR_NOT_IN_FORCE({ violations: [{ field: 'connectorType', rule: 'is a connector type in force' }] });
  }
  secondaryConnectors.forEach((binding, index) => {
    const offered = capabilities.get(binding.connectorType);
    const field = `secondaryConnectors[${index}]`;
    if (offered === undefined) {
      throw ACCOUNT_REFUSALS.CONNECTOR_NOT_IN_FORCE({ violations: [{ field: `${field}.connectorType`, rule: 'is a connector type in force' }] });
    }
    if (!offered.includes(binding.capability)) {
      throw ACCOUNT_REFUSALS.CAPABILITY_NOT_OFFERED({ violations: [{ field: `${field}.capability`, rule: `is a capability of ${binding.connectorType}` }] });
    }
  });
}
