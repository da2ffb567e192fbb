import { defineRefusals, RefusalKind } from '@jinku/errors';

export const BILL_REFUSALS = defineRefusals({
  PAYOUT_BILL_UNREADABLE: { kind: RefusalKind.INVALID, sentence: 'The file is not a payout bill, or its lines are not as many or as much as its head says; nothing of it was kept.' },
  PAYOUT_BILL_TAKEN: { kind: RefusalKind.CONFLICT, sentence: 'Another payout bill of this clearing house and date was accepted before.' },
});
