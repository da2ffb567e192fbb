import { DayClock, minuteOf, startStack, type Stack } from '@jinku/cli';
import type { DayWorld } from './day-world.ts';

/**
 * Nights that take seconds: everything is stopped, and started again on the same books with the clock at an hour of a later date. What was due in
 * between is done late, as after an outage.
 */
export class Nights {
  readonly #world: DayWorld;
  #stack: Stack;

  constructor(world: DayWorld) {
    this.#world = world;
    this.#stack = world.stack;
  }

  async sleepUntil({ date, at }: { date: string; at: string }): Promise<void> {
    const { profile, stateDir, env } = this.#stack;
    await this.#stack.stop();
    const clock = new DayClock({ date, startsAt: minuteOf(at), rate: 1 }, Date.now());
    // The ports stay the installation's own, so that its doors are where they were.
    this.#stack = await startStack({ profile, stateDir, env: { ...env, ...clock.variables } });
  }

  async stop(): Promise<void> {
    await this.#stack.stop();
    await this.#world.stop();
  }
}
