import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, startStack, type Stack } from '@jinku/cli';
import type { OutcomeClass, PayoutInstruction, PayoutRail, QuotaRail, RailAnswer, RailNotices, SessionRail } from '@jinku/connectors';
import { freePort } from '@jinku/infrastructure';
import { createSigner, createVerifier, type Signer, type Verifier } from '@jinku/security';
import { NoticeListener } from './notice-listener.ts';
import type { FaultPlan } from './installation.ts';

export const TIMEOUT_MS = 700;
export const INQUIRIES_PER_SECOND = 20;
export const MAPPED = '1000000.00';
export const SIGNERS = ['hmac-sm3', 'rsa', 'sm2'] as const;
const HEARD_WITHIN_MS = 10_000;

export type SignerName = (typeof SIGNERS)[number];
export type Expected = Partial<Pick<RailAnswer, 'outcome' | 'detail' | 'code'>>;
export type ScriptedFault = NonNullable<FaultPlan['script']>[number];
export type Rail = PayoutRail & QuotaRail & SessionRail;
export type Environment = Readonly<Record<string, string>>;

/** One clearing house whose connector is held to its protocol page. */
export interface HouseUnderTest {
  readonly name: string;
  /** As the simulator's own door is asked about it. */
  readonly clearingHouse: 'NETSUNION' | 'UNIONPAY';
  readonly urlVariable: string;
  readonly noticeUrlVariable: string;
  readonly noticePath: string;
  readonly keysFolder: string;
  railOf(environment: Environment, keysDir: string): Rail;
  noticesOf(environment: Environment, keysDir: string): RailNotices;
  /** A rail with keys of the spec's own. */
  railWith(options: { origin: string; signer: Signer; houseVerifiers: Verifier[] }): Rail;
  /** The house's word for each code of the simulator's books. */
  readonly codes: Readonly<Record<'0000' | '0101' | '0102' | '0103' | '0201' | '0301' | '0302' | '0401' | '0501' | '0502' | '0601' | '0602' | '9999', string>>;
  /** What it says to what it has taken and not finished. */
  readonly acceptedCode: string;
}


/** The simulator's own process, one house's connector to it and a door for that house's notices. */
export class ConnectorWorld {
  readonly under: HouseUnderTest;
  readonly stack: Stack;
  readonly rail: Rail;
  readonly house: Api;
  readonly door: NoticeListener;
  /** Outcome classes met so far, by a real exchange with the house or by a notice from it. */
  readonly met = new Set<OutcomeClass>();
  readonly #signer: SignerName;
  readonly #environment: Environment;

  private constructor(
    under: HouseUnderTest,
    { stack, signer, environment, door }: { stack: Stack; signer: SignerName; environment: Environment; door: NoticeListener },
  ) {
    this.under = under;
    this.stack = stack;
    this.#signer = signer;
    this.#environment = environment;
    this.door = door;
    this.rail = under.railOf(environment, stack.keysDir);
    this.house = new Api(stack.urls['rail-simulator']);
  }

  static async of(under: HouseUnderTest, signer: SignerName): Promise<ConnectorWorld> {
    const stateDir = join(tmpdir(), `jinku-connector-${process.pid}-${randomUUID().slice(0, 8)}`);
    const port = await freePort();
    const settings = {
      JINKU_SIGNER: signer,
      [under.noticeUrlVariable]: `http://127.0.0.1:${port}${under.noticePath}`,
      JINKU_RAILS_INQUIRIES_PER_SECOND: String(INQUIRIES_PER_SECOND),
    };
    const stack = await startStack({ profile: 'embedded', stateDir, services: ['rail-simulator'], env: settings, fsync: false });
    const environment = { JINKU_SIGNER: signer, [under.urlVariable]: stack.urls['rail-simulator'] };
    const door = await NoticeListener.at(port, under.noticesOf(environment, stack.keysDir));
    const world = new ConnectorWorld(under, { stack, signer, environment, door });
    await world.house.call({ method: 'POST', path: world.at('quota'), body: { mapped: MAPPED } });
    return world;
  }

  async end(): Promise<void> {
    await this.rail.close();
    await this.door.close();
    await this.stack.stop();
    rmSync(this.stack.stateDir, { recursive: true, force: true });
  }

  /** The path of one operation of the simulator's own door, about this house. */
  at(operation: string): string {
    return `/admin/${operation}?house=${this.under.clearingHouse}`;
  }

  async play(script: readonly ScriptedFault[]): Promise<void> {
    await this.house.call({ method: 'PUT', path: this.at('faults'), body: { script } });
  }

  async submit(changes: Partial<PayoutInstruction> = {}): Promise<RailAnswer> {
    return await this.rail.submitPayout(anInstruction(changes), { timeoutMs: TIMEOUT_MS });
  }

  told({ outcome, detail, code }: RailAnswer): Expected {
    this.met.add(outcome);
    return { outcome, detail, code };
  }

  async executedCount(): Promise<number> {
    return (await this.house.call<{ executed: { count: number } }>({ path: this.at('counters') })).executed.count;
  }

  async heard(isEnough: (all: NoticeListener['heard']) => boolean): Promise<void> {
    const deadline = performance.now() + HEARD_WITHIN_MS;
    while (!isEnough(this.door.heard) && performance.now() < deadline) await pause(20);
  }

  /** The same house at an address where nobody is. */
  async nowhere(): Promise<Rail> {
    return this.under.railOf({ ...this.#environment, [this.under.urlVariable]: `http://127.0.0.1:${await freePort()}` }, this.stack.keysDir);
  }

  stranger(): Rail {
    return strangerOf(this.under, { signer: this.#signer, stack: this.stack, environment: this.#environment });
  }
}

export function anInstruction(changes: Partial<PayoutInstruction> = {}): PayoutInstruction {
  return {
    serialNumber: `JINKU001-${randomUUID()}`,
    amountMinor: 8_800n,
    payee: { accountNumber: '6222020200012345678', accountName: '王小明', bankCode: '102100099996' },
    purpose: '提现',
    businessLine: 'WITHDRAWAL',
    merchantId: 'M10001',
    validUntil: new Date(Date.now() + 60_000),
    ...changes,
  };
}

/** Signs under the institution's key id with a key that is not the institution's, and knows the house's true key. */
function strangerOf(under: HouseUnderTest, { signer, stack, environment }: { signer: SignerName; stack: Stack; environment: Environment }): Rail {
  const folder = join(stack.keysDir, under.keysFolder);
  if (signer === 'hmac-sm3') {
    const secret = Buffer.from(readFileSync(join(folder, 'hmac.key'), 'utf8').trim(), 'hex');
    return under.railWith({
      origin: stack.urls['rail-simulator'],
      signer: createSigner({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret: randomBytes(32) }),
      houseVerifiers: [createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret })],
    });
  }
  const keysDir = mkdtempSync(join(stack.stateDir, 'stranger-'));
  cpSync(stack.keysDir, keysDir, { recursive: true });
  cpSync(join(folder, `house.${signer}.key`), join(keysDir, under.keysFolder, `institution.${signer}.key`));
  return under.railOf(environment, keysDir);
}
