import { defineRefusals, RefusalKind } from '@jinku/errors';

export const MESSAGE_REFUSALS = defineRefusals({
  MESSAGE_NOT_SIGNED: { kind: RefusalKind.UNAUTHENTICATED, sentence: 'The header x-jws-signature is not a detached JWS of the client over this body.' },
  UNKNOWN_TOPIC: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no public topic of this name that this door takes.' },
});
