import type { Day } from './day.ts';

/** The rails misbehave as the fault script says, each plan from its time on. */
export async function playFaults({ files, clock, rail, story }: Day, signal: AbortSignal): Promise<void> {
  for (const { at, plan, rail: name } of files.faults) {
    await clock.until(at, signal).catch(() => undefined);
    if (signal.aborted) return;
    await rail.call({ method: 'PUT', path: `/admin/faults?house=${name}`, body: plan });
    const kinds = Object.keys((plan['rates'] ?? {}) as object).length + ((plan['script'] ?? []) as unknown[]).length;
    story.tell(kinds === 0 ? `${name} behaves well from now on` : `${name} misbehaves from now on, in ${kinds} ways`, { who: 'faults.json' });
  }
}
