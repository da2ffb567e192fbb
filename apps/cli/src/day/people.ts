import { randomBytes } from 'node:crypto';
import type { Api } from '../demo/api.ts';
import { firstAdmin, tokenOf } from '../demo/institution.ts';
import type { StackDoors } from '../stack/stack.ts';
import type { Operator } from './day-files.ts';

const PASSWORD_BYTES = 18;

export interface SignedIn extends Operator {
  readonly token: string;
}

/** The people of operators.csv, signed in. */
export class People {
  readonly #people: readonly SignedIn[];

  private constructor(people: readonly SignedIn[]) {
    this.#people = people;
  }

  /** The first administrator signs in and adds them. */
  static async signIn(stack: StackDoors, { gateway, operators }: { gateway: Api; operators: readonly Operator[] }): Promise<People> {
    const admin = await tokenOf(gateway, firstAdmin(stack));
    const people = await Promise.all(
      operators.map(async ({ username, displayName, role }) => {
        const password = randomBytes(PASSWORD_BYTES).toString('base64url');
        await gateway.call({ method: 'POST', path: '/v1/people', token: admin, body: { username, displayName, roles: [role], password } });
        return { username, displayName, role, token: await tokenOf(gateway, { username, password }) };
      }),
    );
    return new People(people);
  }

  get operator(): SignedIn {
    return this.#first('operator');
  }

  get approver(): SignedIn {
    return this.#first('approver');
  }

  named(username: string): SignedIn {
    const found = this.#people.find((person) => person.username === username);
    if (found === undefined) throw new Error(`nobody is named ${username}`);
    return found;
  }

  /** As the story names the maker and the second person. */
  get makerAndChecker(): string {
    return `${this.operator.displayName}, approved by ${this.approver.displayName}`;
  }

  get names(): string {
    return this.#people.map(({ displayName, role }) => `${displayName} (${role})`).join(', ');
  }

  #first(role: Operator['role']): SignedIn {
    const found = this.#people.find((person) => person.role === role);
    if (found === undefined) throw new Error(`operators.csv names no ${role}`);
    return found;
  }
}
