import { randomUUID } from 'node:crypto';
import type { Installation } from './installation.ts';
import type { RawRequest } from './raw-door.ts';
import type { PublicMessage } from './topic-writer.ts';

/** A message at the gateway's door, signed by the settlement service over whatever its body is. */
export async function signedMessage({ client }: Installation, { name, topic }: PublicMessage, body: string, messageId: string = randomUUID()): Promise<RawRequest> {
  return {
    path: `/v1/messages/${topic}`,
    token: await client.accessToken(),
    body,
    headers: { 'x-message-type': name, 'x-message-id': messageId, 'x-jws-signature': client.signatureOf(body) },
  };
}
