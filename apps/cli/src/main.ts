import { commands } from './commands/index.ts';
import { Refusal } from './commands/refusal.ts';

const EXIT_USAGE = 2;
const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];

if (command === undefined) {
  process.stderr.write(`There is no command '${name}'; \`./jinku help\` names them.\n`);
  process.exitCode = EXIT_USAGE;
} else {
  try {
    process.exitCode = await command(args);
  } catch (error) {
    // What the user can mend is told in one sentence; anything else is a bug and shows where it is.
    process.stderr.write(error instanceof Refusal ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = error instanceof Refusal ? error.exitCode : 1;
  }
}
