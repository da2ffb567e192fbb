import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { birthOf } from './process-table.ts';

/** The same folder for every user of the machine; only where there is no /tmp is it the user's own. */
const CLAIMS_FOLDER = join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'jinku-ports');
/** Everybody adds to it, and nobody removes what is another user's. */
const CLAIMS_FOLDER_MODE = 0o1777;

let claimants = 0;

/**
 * Ports that this process means to listen on, claimed for the whole machine before anything listens. A claim is a file that bears its port and its owner
 * in its name, so nobody else's claim ever has that name: whoever finds the owner dead may remove it without taking a living claim along.
 * Whoever sees another living claim on the port after having written its own withdraws; of two that come at once both may, but never does neither.
 */
export class PortClaims {
  readonly #folder: string;
  readonly #owner: string;
  readonly #ports = new Set<number>();
  #isPrepared = false;

  constructor(folder = CLAIMS_FOLDER) {
    this.#folder = folder;
    claimants += 1;
    this.#owner = `${process.pid}.${written(birthOf(process.pid))}.${claimants}`;
  }

  isNew(port: number): boolean {
    return !this.#ports.has(port);
  }

  /** False when somebody else who lives has claimed the port, or is claiming it right now. */
  claim(port: number): boolean {
    if (this.#ports.has(port)) return true;
    if (!this.#isPrepared) this.#prepareFolder();
    writeFileSync(this.#fileOf(port), '', { flag: 'wx' });
    this.#ports.add(port);
    if (this.#othersOn(port).length === 0) return true;
    this.release(port);
    return false;
  }

  release(port: number): void {
    this.#ports.delete(port);
    rmSync(this.#fileOf(port), { force: true });
  }

  releaseAll(): void {
    for (const port of [...this.#ports]) this.release(port);
  }

  #othersOn(port: number): string[] {
    const others = readdirSync(this.#folder).filter((name) => name.startsWith(`${port}.`) && name !== `${port}.${this.#owner}`);
    return others.filter((name) => this.#livesOrGoes(name));
  }

  /** False when the claim's owner is dead; then it has been removed. */
  #livesOrGoes(name: string): boolean {
    const [, pid = '', birth = ''] = name.split('.');
    const lives = written(birthOf(Number(pid))) === birth;
    if (!lives) removeIfAllowed(join(this.#folder, name));
    return lives;
  }

  #fileOf(port: number): string {
    return join(this.#folder, `${port}.${this.#owner}`);
  }

  /** What earlier processes left goes before anything is added, or the folder would only ever grow. */
  #prepareFolder(): void {
    // Undefined when somebody was first: then it is theirs to open for everybody.
    if (mkdirSync(this.#folder, { recursive: true }) !== undefined) chmodSync(this.#folder, CLAIMS_FOLDER_MODE);
    for (const name of readdirSync(this.#folder)) this.#livesOrGoes(name);
    this.#isPrepared = true;
  }
}

/** What another user's dead process left may stay: it counts for nothing. */
function removeIfAllowed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    if (!['EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** A birth as a part of a file's name: `ps` writes it with blanks and colons. */
function written(birth: string | null): string {
  return birth === null ? '' : birth.replaceAll(/[^0-9A-Za-z]/g, '_');
}
