import type { Screen } from '../demo/screen.ts';
import type { DayClock } from './day-clock.ts';

export interface Told {
  /** A decimal string of yuan; left out where no money is concerned. */
  readonly amount?: string;
  readonly who?: string;
}

/** Tells the day in one line each: business time, what, amount, who. */
export class Story {
  readonly #screen: Pick<Screen, 'say'>;
  readonly #clock: DayClock;
  readonly #told = new Set<string>();

  constructor(screen: Pick<Screen, 'say'>, clock: DayClock) {
    this.#screen = screen;
    this.#clock = clock;
  }

  tell(what: string, { amount, who }: Told = {}): void {
    const money = amount === undefined ? [] : [`${grouped(amount)} CNY`];
    this.#screen.say(`${this.#clock.text()}  ${[what, ...money, ...(who === undefined ? [] : [who])].join(' · ')}`);
  }

  /** What can be noticed more than once is told once. */
  tellOnce(name: string, what: string, told: Told = {}): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.tell(what, told);
  }

  /** A page of its own, below what was told. */
  show(page: string): void {
    this.#screen.say(page);
  }
}

function grouped(amount: string): string {
  return amount.replace(/\B(?=(\d{3})+(?=\.))/g, ',');
}
