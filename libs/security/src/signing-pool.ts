import { Worker } from 'node:worker_threads';

import type { WorkBatch, WorkerKey } from './signing-worker.ts';

interface Waiting {
  readonly message: string | Uint8Array;
  readonly signature: string | undefined;
  readonly resolve: (answer: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly sent: Map<number, readonly Waiting[]>;
}

/** A thread takes so many at once; more would keep the others idle. */
const BATCH_MAX = 16;

/** The worker file beside this one: TypeScript when run from source, JavaScript when built. */
const WORKER_FILE = new URL(import.meta.url.endsWith('.ts') ? './signing-worker.ts' : './signing-worker.js', import.meta.url);

/** Signs or verifies with one key in worker threads. A thread that dies fails its own work and is replaced on the next. */
export class SigningPool {
  private readonly work: WorkerKey;
  private readonly threads: (Thread | null)[];
  private queue: Waiting[] = [];
  private flushing = false;
  private turn = 0;
  private nextBatch = 0;
  private closed = false;

  constructor(work: WorkerKey, threads: number) {
    if (!Number.isSafeInteger(threads) || threads < 1) throw new RangeError('a signing pool needs at least one thread');
    this.work = work;
    this.threads = Array.from({ length: threads }, () => null);
  }

  run(message: string | Uint8Array, signature?: string): Promise<string | boolean> {
    if (this.closed) return Promise.reject(new Error('the signing pool is closed'));
    return new Promise((resolve, reject) => {
      this.queue.push({ message, signature, resolve, reject });
      if (this.flushing) return;
      this.flushing = true;
      setImmediate(() => this.flush());
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const threads = this.threads.splice(0);
    await Promise.all(threads.map((thread) => thread?.worker.terminate()));
    for (const waiting of this.queue.splice(0)) waiting.reject(new Error('the signing pool is closed'));
  }

  private flush(): void {
    this.flushing = false;
    if (this.closed) return;
    while (this.queue.length > 0) {
      const share = Math.min(BATCH_MAX, Math.ceil(this.queue.length / this.threads.length));
      this.send(this.queue.splice(0, share));
    }
  }

  private send(batch: readonly Waiting[]): void {
    const slot = this.turn++ % this.threads.length;
    const thread = (this.threads[slot] ??= this.start(slot));
    const id = this.nextBatch++;
    const messages = batch.map((waiting) => waiting.message);
    const signatures = batch.map((waiting) => waiting.signature ?? '');
    const work: WorkBatch = this.work.purpose === 'SIGN' ? { id, messages } : { id, messages, signatures };
    thread.sent.set(id, batch);
    thread.worker.ref();
    thread.worker.postMessage(work);
  }

  private start(slot: number): Thread {
    const worker = new Worker(WORKER_FILE, { workerData: this.work });
    const thread: Thread = { worker, sent: new Map() };
    // Idle threads must not keep a process alive.
    worker.unref();
    worker.on('message', ({ id, answers }: { id: number; answers: readonly (string | boolean)[] }) => {
      const batch = thread.sent.get(id) ?? [];
      thread.sent.delete(id);
      batch.forEach((waiting, index) => waiting.resolve(answers[index] as string | boolean));
      if (thread.sent.size === 0) worker.unref();
    });
    const fail = (cause?: Error): void => {
      if (this.threads[slot] === thread) this.threads[slot] = null;
      for (const batch of thread.sent.values()) {
        for (const waiting of batch) waiting.reject(new Error('a signing thread ended', { cause }));
      }
      thread.sent.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => fail());
    return thread;
  }
}
