import { ReportedState, type PayoutRequest, type PayoutResultsReportedV1 } from '@jinku/contracts';

type Result = PayoutResultsReportedV1['results'][number];

const FINAL: ReadonlySet<ReportedState> = new Set<ReportedState>(['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED', 'REJECTED']);

interface Fate {
  readonly request: PayoutRequest;
  state: ReportedState | null;
  sequence: number;
  wasUnknown: boolean;
}

/** What has become of each request, by the results told. */
export class Fates {
  readonly #fates = new Map<string, Fate>();
  #finalCount = 0;

  constructor(requests: readonly PayoutRequest[]) {
    this.expect(requests);
  }

  /** Requests that are known only later, such as the good rows of a file. */
  expect(requests: readonly PayoutRequest[]): void {
    for (const request of requests) this.#fates.set(request.requestId, { request, state: null, sequence: 0, wasUnknown: false });
  }

  /** Takes one result; one that comes again, or late, changes nothing. */
  take({ requestId, state, sequence }: Pick<Result, 'requestId' | 'state' | 'sequence'>): void {
    const fate = this.#fates.get(requestId);
    if (fate === undefined || sequence <= fate.sequence) return;
    if (isFinal(fate.state)) return;
    fate.state = state;
    fate.sequence = sequence;
    if (state === ReportedState.UNKNOWN) fate.wasUnknown = true;
    if (isFinal(state)) this.#finalCount += 1;
  }

  get total(): number {
    return this.#fates.size;
  }

  get finalCount(): number {
    return this.#finalCount;
  }

  /** The last state told of a request; null before any. */
  stateOf(requestId: string): ReportedState | null {
    return this.#fates.get(requestId)?.state ?? null;
  }

  count(state: ReportedState): number {
    return this.#list().filter((fate) => fate.state === state).length;
  }

  /** Outcomes that were not known for a while, and how many of them are known now. */
  get unknowns(): { readonly seen: number; readonly cleared: number } {
    const seen = this.#list().filter(({ wasUnknown }) => wasUnknown);
    return { seen: seen.length, cleared: seen.filter(({ state }) => isFinal(state)).length };
  }

  unfinished(): string[] {
    return this.#list()
      .filter(({ state }) => !isFinal(state))
      .map(({ request, state }) => `${request.requestId} (${state ?? 'nothing told'})`);
  }

  /** Requests by business line and state, with the amounts. */
  byLine(): { readonly line: string; readonly state: string; readonly amount: string }[] {
    return this.#list().map(({ request, state }) => ({ line: request.businessLine, state: state ?? 'UNTOLD', amount: request.amount }));
  }

  #list(): Fate[] {
    return [...this.#fates.values()];
  }
}

function isFinal(state: ReportedState | null): boolean {
  return state !== null && FINAL.has(state);
}
