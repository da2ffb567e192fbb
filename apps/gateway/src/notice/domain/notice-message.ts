import type { RailNoticeReceivedV1 } from '@jinku/contracts';
import type { RailNotice, ReserveMovement } from '@jinku/connectors';
import { formatAmount } from '@jinku/money';

/** What the owner of the serial number is told of a verified notice. */
export function noticeMessage(notice: RailNotice): RailNoticeReceivedV1 {
  return {
    noticeId: notice.noticeId,
    clearingHouse: notice.clearingHouse,
    kind: notice.kind,
    serialNumber: notice.serialNumber ?? subjectOf(notice),
    occurredAt: notice.occurredAt.toISOString(),
    ...(notice.outcome === null ? {} : { outcome: notice.outcome }),
    ...(notice.code === null ? {} : { code: notice.code }),
    ...(notice.amountMinor === null ? {} : { amount: formatAmount(notice.amountMinor) }),
    ...(notice.clearingDate === null ? {} : { clearingDate: notice.clearingDate }),
    ...(notice.railReference === null ? {} : { railReference: notice.railReference }),
    ...(notice.reserve === null ? {} : { reserve: reserveMessage(notice.reserve) }),
  };
}

/** What a notice without a serial number is about: a session, or the house's quota. */
function subjectOf({ kind, clearingHouse, clearingDate }: RailNotice): string {
  return kind === 'SESSION_RESULT' ? `${clearingHouse}:${clearingDate ?? ''}` : clearingHouse;
}

function reserveMessage({ direction, balanceAfterMinor, payerReference, purpose }: ReserveMovement): NonNullable<RailNoticeReceivedV1['reserve']> {
  return {
    direction,
    balanceAfter: formatAmount(balanceAfterMinor),
    ...(payerReference === null ? {} : { payerReference }),
    ...(purpose === null ? {} : { purpose }),
  };
}
