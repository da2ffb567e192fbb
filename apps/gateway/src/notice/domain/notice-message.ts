import { ClearingHouse, type RailNoticeReceivedV1 } from '@jinku/contracts';
import type { RailNotice } from '@jinku/connectors';
import { formatAmount } from '@jinku/money';

/** What the owner of the serial number is told of a verified notice. */
export function noticeMessage(notice: RailNotice): RailNoticeReceivedV1 {
  return {
    noticeId: notice.noticeId,
    clearingHouse: ClearingHouse.NETSUNION,
    kind: notice.kind,
    serialNumber: notice.serialNumber ?? ClearingHouse.NETSUNION,
    occurredAt: notice.occurredAt.toISOString(),
    ...(notice.outcome === null ? {} : { outcome: notice.outcome }),
    ...(notice.code === null ? {} : { code: notice.code }),
    ...(notice.amountMinor === null ? {} : { amount: formatAmount(notice.amountMinor) }),
    ...(notice.clearingDate === null ? {} : { clearingDate: notice.clearingDate }),
    ...(notice.railReference === null ? {} : { railReference: notice.railReference }),
  };
}
