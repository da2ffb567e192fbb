import { awaitDatabase, createBooks } from './books/create-books.ts';
import { simulatorConfig } from './config.ts';
import { startSimulator, type Log } from './simulator.ts';

const log: Log = (event, fields) => void process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
const config = simulatorConfig(process.env);
await awaitDatabase(config.admin === null ? config.database : { ...config.admin, database: 'postgres' });
if (config.admin !== null) await createBooks(config.admin, config.database);
const simulator = await startSimulator(config, log);
log('RAIL_SIMULATOR_READY', { url: simulator.url });

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void simulator.stop().then(() => process.exit(0));
  });
}
