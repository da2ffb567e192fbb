import { defineRefusals, RefusalKind } from '@jinku/errors';

export const ADJUSTMENT_REFUSALS = defineRefusals({
  ADJUSTMENT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no quota adjustment with this id.' },
  HOUSE_NOT_OBSERVED: { kind: RefusalKind.RULE, sentence: 'No figure of this clearing house has been observed yet; nothing can be adjusted against it.' },
  DECREASE_EXCEEDS_FREE: { kind: RefusalKind.RULE, sentence: 'The decrease is above the free quota mapped to the clearing house: consumed and reserved quota cannot be taken back, nor receipts before their settlement.' },
  INCREASE_EXCEEDS_BUFFER: { kind: RefusalKind.RULE, sentence: 'The increase is above the unallocated buffer: the central reserve does not hold so much that is not earmarked.' },
  INCREASE_BELOW_MINIMUM: { kind: RefusalKind.RULE, sentence: 'The increase takes the buffer below its minimum: one person proposes it, another approves.' },
  ADJUSTMENT_HAS_LEFT: { kind: RefusalKind.CONFLICT, sentence: 'The quota adjustment has left for the clearing house and cannot be taken back.' },
});
