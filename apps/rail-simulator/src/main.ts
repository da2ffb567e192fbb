import { createBooks } from './books/create-books.ts';
import { simulatorConfig } from './config.ts';
import { startSimulator } from './simulator.ts';

const config = simulatorConfig(process.env);
if (config.admin !== null) await createBooks(config.admin, config.database);
const simulator = await startSimulator(config);
process.stdout.write(`${JSON.stringify({ event: 'RAIL_SIMULATOR_READY', url: simulator.url })}\n`);

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void simulator.stop().then(() => process.exit(0));
  });
}
