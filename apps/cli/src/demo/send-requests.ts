import { randomUUID } from 'node:crypto';
import type { PayoutRequest } from '@jinku/contracts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { Screen } from './screen.ts';
import type { SettlementClient } from './settlement-client.ts';

const REQUESTS_PER_MESSAGE_MAX = 100;
const REQUESTS_PER_BATCH_MAX = 200;
const MESSAGES_AT_ONCE = 4;
/** Of the requests, one in so many comes by itself, and one in so many in a batch; all others come in messages. */
const SINGLE_EVERY = 60;
const BATCH_EVERY = 8;
const MESSAGES_REPEATED = 3;
const REQUESTS_REPEATED = 20;
const REQUESTS_FORGED = 5;
const CONFLICT = 409;
const KNOWN = 200;

export interface Doors {
  readonly client: SettlementClient;
  readonly acknowledgements: Acknowledgements;
}

interface Message {
  readonly id: string;
  readonly messageKey: string;
  readonly requests: readonly PayoutRequest[];
}

export interface Sent {
  readonly messages: readonly Message[];
  readonly singles: readonly PayoutRequest[];
}

/** Sends every request by one of the three doors and records each as soon as it is acknowledged. */
export async function sendRequests(requests: readonly PayoutRequest[], doors: Doors): Promise<Sent> {
  const singles = requests.filter((_, index) => index % SINGLE_EVERY === 0);
  const batched = requests.filter((_, index) => index % SINGLE_EVERY !== 0 && index % BATCH_EVERY === 0);
  const messages = messagesOf(requests.filter((_, index) => index % SINGLE_EVERY !== 0 && index % BATCH_EVERY !== 0));
  await Promise.all([sendSingles(singles, doors), sendBatches(batched, doors), sendMessages(messages, doors)]);
  return { messages, singles };
}

/** What a client that lost an answer does, and what a client in error does: nothing may be paid twice. */
export async function sendAgain(sent: Sent, { client, screen }: { client: SettlementClient; screen: Screen }): Promise<void> {
  const messages = sent.messages.slice(0, MESSAGES_REPEATED);
  for (const { id, ...message } of messages) await client.sendMessage(id, message);
  for (const { id: _, ...message } of messages) await client.sendMessage(randomUUID(), message);
  const repeated = sent.singles.slice(0, REQUESTS_REPEATED);
  let known = 0;
  for (const request of repeated) if ((await client.requestOne(request)).status === KNOWN) known += 1;
  const forged = sent.singles.slice(0, REQUESTS_FORGED);
  let refused = 0;
  for (const request of forged) if ((await client.requestOne({ ...request, amount: '9999.99' })).status === CONFLICT) refused += 1;
  if (known < repeated.length || refused < forged.length) {
    throw new Error(`of ${repeated.length} repeated requests ${known} were known, of ${forged.length} with another amount ${refused} were refused`);
  }
  const inMessages = messages.reduce((sum, message) => sum + message.requests.length, 0);
  screen.say(`Sent again: ${inMessages} requests in messages and ${known} by API; all were known. ${refused} with a known id and another amount were refused.`);
}

export async function sendSingles(requests: readonly PayoutRequest[], { client, acknowledgements }: Doors): Promise<void> {
  for (const request of requests) {
    const { status, body } = await client.requestOne(request);
    if (status >= 400) throw new Error(`request ${request.requestId} was answered ${status}: ${JSON.stringify(body)}`);
    await acknowledgements.record([{ requestId: request.requestId, payoutId: (body as { payoutId: string }).payoutId }], 'SINGLE');
  }
}

async function sendBatches(requests: readonly PayoutRequest[], { client, acknowledgements }: Doors): Promise<void> {
  for (let start = 0; start < requests.length; start += REQUESTS_PER_BATCH_MAX) {
    const batch = requests.slice(start, start + REQUESTS_PER_BATCH_MAX);
    const { rows } = await client.requestBatch(batch);
    const refused = rows.find(({ refusal }) => refusal !== undefined);
    if (refused !== undefined) throw new Error(`request ${batch[refused.index]?.requestId ?? ''} was refused: ${JSON.stringify(refused.refusal)}`);
    await acknowledgements.record(rows.map(({ requestId = '', payoutId = null }) => ({ requestId, payoutId })), 'BATCH');
  }
}

export async function sendMessages(messages: readonly Message[], { client, acknowledgements }: Doors): Promise<void> {
  const waiting = [...messages];
  const sender = async (): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      const { id, ...content } = message;
      await client.sendMessage(id, content);
      await acknowledgements.record(content.requests.map(({ requestId }) => ({ requestId, payoutId: null })), 'MESSAGE');
    }
  };
  await Promise.all(Array.from({ length: MESSAGES_AT_ONCE }, sender));
}

/** The merchant keeps the order of the messages. */
export function messagesOf(requests: readonly PayoutRequest[]): Message[] {
  const byMerchant = Map.groupBy(requests, ({ merchantId }) => merchantId);
  return [...byMerchant].flatMap(([messageKey, own]) =>
    Array.from({ length: Math.ceil(own.length / REQUESTS_PER_MESSAGE_MAX) }, (_, at) => ({
      id: randomUUID(),
      messageKey,
      requests: own.slice(at * REQUESTS_PER_MESSAGE_MAX, (at + 1) * REQUESTS_PER_MESSAGE_MAX),
    })),
  );
}
