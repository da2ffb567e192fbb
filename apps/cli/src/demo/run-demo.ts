import { Refusal } from '../commands/refusal.ts';
import type { Stack } from '../stack/stack.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Api } from './api.ts';
import { checkerVerdict, closedBooks } from './closing.ts';
import { seconds, startDemoStack } from './demo-stack.ts';
import { Fates } from './fates.ts';
import { followResults } from './follow-results.ts';
import { Institution, MAPPED_QUOTA, OPENING_BALANCE } from './institution.ts';
import { checkBanks, readPayoutFiles, type PayoutFiles } from './payout-files.ts';
import { Screen } from './screen.ts';
import { sendAgain, sendRequests } from './send-requests.ts';
import { SettlementClient } from './settlement-client.ts';
import { isBalanced, payoutTable, trialBalanceTable } from './tables.ts';

export interface DemoOptions {
  /** Undefined: all of the file. */
  readonly requestsMax: number | undefined;
  readonly staysRunning: boolean;
  /** Resolves when the user asks to stop. */
  readonly stopAsked: Promise<void>;
}

const UNFINISHED_SHOWN_MAX = 10;
/** Shorter than in earnest, so that a request which the rail never executed is settled while somebody watches. */
const DEMO_SETTINGS = { JINKU_PAYOUT_VALIDITY_MS: '15000', JINKU_PAYOUT_QUIET_MS: '2000' };

const STOPPED = Symbol('stopped');

/** Returns the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const files = chosen(readPayoutFiles(), options.requestsMax);
  const screen = new Screen();
  const stack = await startDemoStack(DEMO_SETTINGS, screen);
  try {
    screen.say(`Ready after ${seconds()}: PostgreSQL, the simulated NetsUnion, and all of Jinku's services in one process.`);
    const outcome = await Promise.race([playThrough(stack, { files, screen }), options.stopAsked.then((): typeof STOPPED => STOPPED)]);
    if (outcome === STOPPED) return 1;
    if (options.staysRunning) {
      showDoors(stack, { screen, token: outcome.operatorToken });
      await options.stopAsked;
    }
    return outcome.isClean ? 0 : 1;
  } finally {
    screen.endProgress();
    screen.say('Stopping…');
    await stack.stop();
  }
}

async function playThrough(stack: Stack, { files, screen }: { files: PayoutFiles; screen: Screen }): Promise<{ isClean: boolean; operatorToken: string }> {
  const institution = await Institution.staff(stack);
  const client = new SettlementClient({ api: new Api(stack.urls.gateway), gatewayUrl: stack.urls.gateway, keysDir: stack.keysDir });
  checkBanks(files, await client.bankCodes());
  await Promise.all([institution.register(files), institution.arrangeRail(files)]);
  const reserve = await institution.openReserveAccount();
  await institution.postOpeningBalance(reserve);
  const opened = reserve === null ? '' : `opened the central reserve (${reserve}) and `;
  screen.say(`An operator and an approver ${opened}posted the opening balance of ${OPENING_BALANCE} CNY; NetsUnion lets us pay ${MAPPED_QUOTA} CNY.`);
  const requests = files.requests.map(({ request }) => request);
  const merchantCount = new Set(requests.map(({ merchantId }) => merchantId)).size;
  screen.say(`Sending ${requests.length} requests of ${merchantCount} merchants in ${files.businessLines.length} business lines…`);
  const acknowledgements = new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret);
  const fates = new Fates(requests);
  try {
    const sending = sendRequests(requests, { client, acknowledgements }).then(async (sent) => {
      screen.say(`All acknowledged after ${seconds()}, and each recorded outside of Jinku's books.`);
      await sendAgain(sent, { client, screen });
    });
    await Promise.all([sending, followResults(fates, { client, institution, screen })]);
  } finally {
    await acknowledgements.close();
  }
  return { isClean: await report(stack, { fates, institution, screen }), operatorToken: institution.operatorToken };
}

async function report(stack: Stack, { fates, institution, screen }: { fates: Fates; institution: Institution; screen: Screen }): Promise<boolean> {
  const unfinished = fates.unfinished();
  const trial = await closedBooks(() => institution.trialBalance(), { areExpected: unfinished.length === 0 });
  const { executed, faults, notices } = await institution.railCounters();
  const played = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`);
  screen.say(`NetsUnion executed ${executed.count} payouts of ${executed.amount} CNY and sent ${notices.deliveries} notices. Its faults: ${played.join(', ') || 'none'}.`);
  screen.say(`\nPayouts by line and outcome\n${payoutTable(fates.byLine())}`);
  screen.say(`\nTrial balance\n${trialBalanceTable(trial)}\n`);
  if (unfinished.length > 0) {
    const shown = unfinished.slice(0, UNFINISHED_SHOWN_MAX).join(', ');
    screen.say(`${unfinished.length} payouts have no final fate: ${shown}${unfinished.length > UNFINISHED_SHOWN_MAX ? ', …' : ''}`);
  }
  if (!isBalanced(trial)) screen.say('The trial balance does not balance.');
  const verdict = await checkerVerdict(stack, screen);
  const isClean = unfinished.length === 0 && isBalanced(trial) && verdict === 0;
  screen.say(isClean ? `Clean: every acknowledged request has exactly one fate, in our books and in the rail's. ${seconds()} in all.` : 'Not clean: see above.');
  return isClean;
}

export function showDoors(stack: Stack, { screen, token }: { screen: Screen; token: string }): void {
  const url = stack.urls.gateway;
  screen.say(`\nJinku stays up; Ctrl-C stops it. API page: ${url}/docs\n`);
  const bearer = `-H 'authorization: Bearer ${token}'`;
  const payee = { accountNumber: '6222020200012345678', accountName: '王小明', bankCode: '102100099996' };
  const merchant = { merchantId: 'M10001', businessLine: 'WITHDRAWAL' };
  const body = { requestId: 'DEMO-BY-CURL-1', ...merchant, amount: '88.00', currency: 'CNY', payee, instructionReference: 'INS-CURL-1', purpose: '提现' };
  screen.say(`curl -s ${bearer} '${url}/v1/payouts?limit=3'`);
  screen.say(`curl -s ${bearer} -H 'content-type: application/json' -H 'idempotency-key: demo-by-curl-1' -d '${JSON.stringify(body)}' ${url}/v1/payouts`);
  screen.say(`curl -s ${bearer} ${url}/v1/internal-accounts/2001/balance`);
}

function chosen(files: PayoutFiles, requestsMax: number | undefined): PayoutFiles {
  if (requestsMax === undefined) return files;
  if (requestsMax > files.requests.length) throw new Refusal(`requests.csv has ${files.requests.length} requests; \`--requests ${requestsMax}\` asks for more.`);
  return { ...files, requests: files.requests.slice(0, requestsMax) };
}
