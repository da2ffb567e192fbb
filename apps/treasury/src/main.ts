import { migrateServices, runServices } from '@jinku/service';
import { services } from './services.ts';

if (process.env['JINKU_MIGRATE'] === '1') await migrateServices(services, process.env);
await runServices(services, process.env);
