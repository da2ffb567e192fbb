import { ObligationsReporter } from '../../demo/obligations-reporter.ts';
import type { Day } from '../day.ts';

/** The settlement service tells what it owed to its clients at the end of the day: client money has to cover it (I6). */
export async function reportObligations({ files, rail, client, story }: Day): Promise<void> {
  const amount = await new ObligationsReporter({ simulator: rail, client, accounts: files.accounts }).report(files.day.date);
  story.tell(`What clients were owed at the end of ${files.day.date}`, { amount, who: 'settlement' });
}
