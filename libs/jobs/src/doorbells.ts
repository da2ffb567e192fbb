/** The fields of a log that this lib writes to. */
export interface JobLog {
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What carries rings between the processes of one service, and delays them. It may lose or double any of them. */
export interface RingBackend {
  /** Begins to deliver, and goes on trying by itself when the other side is down. */
  start(onRing: (name: string) => Promise<void>): Promise<void>;
  /** Rejects when the ring could not be put down within the backend's time limit. */
  add(name: string, delayMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Bell {
  /** `payouts.inquire-due`: the service first, so that it can be found in a log. */
  readonly name: string;
  /** How long work may wait that nobody rang for. */
  readonly sweepEveryMs: number;
  /** Finds by itself what is due. Runs of one bell never overlap in a process; those of two replicas may. */
  readonly run: () => Promise<void>;
}

interface Registered extends Bell {
  running: Promise<void> | null;
  /** Rung while running: what that run had already looked past must be looked at again. */
  isRungAgain: boolean;
  timer: NodeJS.Timeout | null;
}

/** Rings on their way to the backend. More are dropped: they are hints, and the sweeps find what they were about. */
export const RINGS_UNDER_WAY_MAX = 256;

/**
 * Tells that there may be work. A ring is only a hint: it can be lost, late, or doubled, and every bell is swept by a timer as well, so
 * nothing depends on it but how soon work is done.
 */
export class Doorbells {
  readonly #backend: RingBackend | null;
  readonly #log: JobLog;
  readonly #bells = new Map<string, Registered>();
  /** Bells whose ring without delay is on its way, and whether another came meanwhile. */
  readonly #sending = new Map<string, { isRungAgain: boolean }>();
  #underWay = 0;
  #isRunning = false;

  /** Without a backend there are sweeps alone. */
  constructor(backend: RingBackend | null, log: JobLog) {
    this.#backend = backend;
    this.#log = log;
  }

  register(bell: Bell): void {
    if (this.#bells.has(bell.name)) throw new Error(`the bell ${bell.name} is registered twice`);
    const registered: Registered = { ...bell, running: null, isRungAgain: false, timer: null };
    this.#bells.set(bell.name, registered);
    if (this.#isRunning) this.#wake(registered);
  }

  /** Never throws and never waits. Rings of one name that come while one is on its way become one. */
  ring(name: string, { delayMs = 0 }: { delayMs?: number } = {}): void {
    if (this.#backend === null || this.#underWay >= RINGS_UNDER_WAY_MAX) return;
    const sending = this.#sending.get(name);
    if (delayMs > 0) void this.#send(this.#backend, name, delayMs);
    else if (sending !== undefined) sending.isRungAgain = true;
    else void this.#sendNow(this.#backend, name);
  }

  /** Runs each bell once, for what a stop or a crash left, and then sweeps and listens. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (const bell of this.#bells.values()) this.#wake(bell);
    await this.#backend?.start((name) => this.#rung(name));
  }

  /** No run begins any more; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const bell of this.#bells.values()) {
      if (bell.timer !== null) clearTimeout(bell.timer);
      bell.timer = null;
      bell.isRungAgain = false;
    }
    await Promise.all([this.#backend?.stop(), ...[...this.#bells.values()].map((bell) => bell.running)]);
  }

  /** Answers at once: a job is delivered when the bell has heard it, and the sweep stands in for a run that then dies with its process. */
  #rung(name: string): Promise<void> {
    const bell = this.#bells.get(name);
    if (bell === undefined) this.#log.warn('unknown-bell-rung', { bell: name });
    else this.#wake(bell);
    return Promise.resolve();
  }

  #wake(bell: Registered): void {
    if (!this.#isRunning) return;
    if (bell.running !== null) {
      bell.isRungAgain = true;
      return;
    }
    if (bell.timer !== null) clearTimeout(bell.timer);
    bell.timer = null;
    bell.running = this.#run(bell).finally(() => {
      bell.running = null;
      if (!this.#isRunning) return;
      if (!bell.isRungAgain) {
        bell.timer = setTimeout(() => this.#wake(bell), bell.sweepEveryMs);
        return;
      }
      bell.isRungAgain = false;
      this.#wake(bell);
    });
  }

  /** A run that fails is not repeated at once, whatever broke it may need a while: the next ring or sweep is its second try. */
  async #run(bell: Registered): Promise<void> {
    try {
      await bell.run();
    } catch (error) {
      this.#log.error('bell-run-failed', { bell: bell.name, error });
    }
  }

  async #sendNow(backend: RingBackend, name: string): Promise<void> {
    const sending = { isRungAgain: false };
    this.#sending.set(name, sending);
    do {
      sending.isRungAgain = false;
      await this.#send(backend, name, 0);
    } while (sending.isRungAgain);
    this.#sending.delete(name);
  }

  async #send(backend: RingBackend, name: string, delayMs: number): Promise<void> {
    this.#underWay += 1;
    try {
      await backend.add(name, delayMs);
    } catch (error) {
      this.#log.warn('ring-lost', { bell: name, error });
    } finally {
      this.#underWay -= 1;
    }
  }
}
