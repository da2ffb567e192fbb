import { parentPort, workerData } from 'node:worker_threads';

import { signWith, verifyWith } from './key-functions.ts';
import type { SigningKey, VerificationKey } from './signature-algorithm.ts';

/** Messages and signatures of one turn of the event loop travel together: a thread hop costs more than it carries. */
export interface WorkBatch {
  readonly id: number;
  readonly messages: readonly (string | Uint8Array)[];
  /** Present when the messages are to be verified. */
  readonly signatures?: readonly string[];
}

export type WorkerKey =
  { readonly purpose: 'SIGN'; readonly key: SigningKey } | { readonly purpose: 'VERIFY'; readonly key: VerificationKey };

const port = parentPort;
if (port !== null) {
  const answer = answererOf(workerData as WorkerKey);
  port.on('message', (batch: WorkBatch) => port.postMessage({ id: batch.id, answers: answer(batch) }));
}

function answererOf(work: WorkerKey): (batch: WorkBatch) => readonly (string | boolean)[] {
  if (work.purpose === 'SIGN') {
    const sign = signWith(work.key);
    return (batch) => batch.messages.map((message) => sign(message));
  }
  const verify = verifyWith(work.key);
  return (batch) => batch.messages.map((message, index) => verify(message, batch.signatures?.[index] ?? ''));
}
