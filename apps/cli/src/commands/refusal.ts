/** What the user asked for cannot be done, and what to do about it. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

const EXIT_USAGE = 2;

/** Splits arguments into known flags and the rest; an unknown flag is refused by name. */
export function readArguments<F extends string>(args: readonly string[], { flags, positionalsMax }: { flags: readonly F[]; positionalsMax: number }): { has: (flag: F) => boolean; positionals: string[] } {
  const given = args.filter((argument) => argument.startsWith('--'));
  const positionals = args.filter((argument) => !argument.startsWith('--'));
  const unknown = given.find((flag) => !flags.some((known) => known === flag));
  if (unknown !== undefined) throw new Refusal(`There is no option ${unknown} here; \`--help\` names the options.`, EXIT_USAGE);
  if (positionals.length > positionalsMax) throw new Refusal(`'${positionals[positionalsMax]}' is one argument too many; \`--help\` shows the usage.`, EXIT_USAGE);
  return { has: (flag) => given.includes(flag), positionals };
}
