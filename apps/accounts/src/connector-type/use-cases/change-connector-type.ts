import { Inject, Injectable } from '@nestjs/common';
import { APPROVAL_REFUSALS, Approvals, type Approval } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PROPOSAL_EXPIRES_AFTER_MS } from '../../config.ts';
import { CONNECTOR_TYPE_REFUSALS } from '../domain/connector-type-refusals.ts';
import { CONNECTOR_TYPE_KIND, type ConnectorType, type ConnectorTypeContent } from '../domain/connector-type.ts';
import { ConnectorTypeRepository } from '../persistence/connector-type.repository.ts';

export interface ConnectorTypeProposal {
  readonly code: string;
  /** Today when not given. */
  readonly effectiveOn: string | null;
  readonly content: ConnectorTypeContent;
  readonly reason: string;
}

export interface DecidedConnectorType {
  readonly code: string;
  readonly version: number | null;
}

/** A connector type is made, and changed, as another version that one person proposes and another approves. */
@Injectable()
export class ChangeConnectorType {
  constructor(
    private readonly connectorTypes: ConnectorTypeRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, { code, effectiveOn, content, reason }: ConnectorTypeProposal, maker: Actor): Promise<{ approvalId: string }> {
    const proposedAt = this.clock.now();
    const today = businessDateOf(proposedAt);
    if (effectiveOn !== null && effectiveOn < today) {
      throw CONNECTOR_TYPE_REFUSALS.CONNECTOR_TYPE_IN_PAST({ violations: [{ field: 'effectiveOn', rule: 'is today or later' }] });
    }
    const approvalId = uuidv7();
    const version = (await this.connectorTypes.lastVersion(tx, code)) + 1;
    await this.approvals.propose<ConnectorType>(tx, {
      id: approvalId,
      kind: CONNECTOR_TYPE_KIND,
      subject: code,
      payload: { code, version, effectiveOn: effectiveOn ?? today, content },
      makerId: maker.id,
      reason,
      proposedAt,
      expiresAt: new Date(proposedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS),
    });
    await this.audit.record(tx, { actor: maker, action: 'connector-types.propose', subject: code, reason, after: { version, content } });
    return { approvalId };
  }

  /** The checker approves the version after the one that the maker knew; an approval late in the day does not reach back. */
  async approve(tx: Tx, approvalId: string, { person, note }: { person: Actor; note: string }): Promise<DecidedConnectorType> {
    const now = this.clock.now();
    const approval = ofConnectorTypes(await this.approvals.approve<ConnectorType>(tx, approvalId, { personId: person.id, note, at: now }));
    const { payload, makerId, reason } = approval;
    await this.connectorTypes.lock(tx, payload.code);
    const [before] = await this.connectorTypes.versions(tx, payload.code, 1);
    if (payload.version !== (before?.version ?? 0) + 1) throw CONNECTOR_TYPE_REFUSALS.CONNECTOR_TYPE_OVERTAKEN();
    const today = businessDateOf(now);
    const effectiveOn = payload.effectiveOn < today ? today : payload.effectiveOn;
    await this.connectorTypes.append(tx, { ...payload, effectiveOn, makerId, checkerId: person.id, approvalId, reason, recordedAt: now });
    const change = { before: before?.content ?? null, after: payload.content };
    await this.audit.record(tx, { actor: person, action: 'connector-types.approve', subject: payload.code, reason: note, ...change });
    return { code: payload.code, version: payload.version };
  }

  async withdraw(tx: Tx, approvalId: string, { person, note }: { person: Actor; note: string }): Promise<DecidedConnectorType> {
    const decision = { personId: person.id, note, at: this.clock.now() };
    const { payload } = ofConnectorTypes(await this.approvals.withdraw<ConnectorType>(tx, approvalId, decision));
    await this.audit.record(tx, { actor: person, action: 'connector-types.withdraw', subject: payload.code, reason: note });
    return { code: payload.code, version: null };
  }

  async reject(tx: Tx, approvalId: string, { person, note }: { person: Actor; note: string }): Promise<DecidedConnectorType> {
    const decision = { personId: person.id, note, at: this.clock.now() };
    const { payload } = ofConnectorTypes(await this.approvals.reject<ConnectorType>(tx, approvalId, decision));
    await this.audit.record(tx, { actor: person, action: 'connector-types.reject', subject: payload.code, reason: note });
    return { code: payload.code, version: null };
  }
}

/** Proposals about accounts have doors of their own. */
function ofConnectorTypes(approval: Approval<ConnectorType>): Approval<ConnectorType> {
  if (approval.kind !== CONNECTOR_TYPE_KIND) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
  return approval;
}
