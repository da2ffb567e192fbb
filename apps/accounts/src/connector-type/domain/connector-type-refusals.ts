import { defineRefusals, RefusalKind } from '@jinku/errors';

export const CONNECTOR_TYPE_REFUSALS = defineRefusals({
  CONNECTOR_TYPE_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no connector type with this code.' },
  CONNECTOR_TYPE_IN_PAST: { kind: RefusalKind.INVALID, sentence: 'A version of a connector type takes effect today or later.' },
  CONNECTOR_TYPE_OVERTAKEN: { kind: RefusalKind.CONFLICT, sentence: 'Another version was approved since this one was proposed; propose it again on top of that.' },
});
