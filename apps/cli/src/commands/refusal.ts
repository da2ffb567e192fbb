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

export interface ReadArguments<F extends string> {
  readonly has: (flag: F) => boolean;
  readonly positionals: string[];
}

/** A command's own reader, apart from the command: also what is written about the command is held to it. */
export function argumentsReader<F extends string>(known: { flags: readonly F[]; positionalsMax: number }): (args: readonly string[]) => ReadArguments<F> {
  return (args) => readArguments(args, known);
}

/** Splits arguments into known flags and the rest; an unknown flag is refused by name. */
function readArguments<F extends string>(args: readonly string[], { flags, positionalsMax }: { flags: readonly F[]; positionalsMax: number }): ReadArguments<F> {
  const given = args.filter((argument) => argument.startsWith('--'));
  const positionals = args.filter((argument) => !argument.startsWith('--'));
  const unknown = given.find((flag) => !flags.some((known) => known === flag));
  if (unknown !== undefined) throw new Refusal(`There is no option ${unknown} here; \`--help\` names the options.`, EXIT_USAGE);
  if (positionals.length > positionalsMax) throw new Refusal(`'${positionals[positionalsMax]}' is one argument too many; \`--help\` shows the usage.`, EXIT_USAGE);
  return { has: (flag) => given.includes(flag), positionals };
}
