import { migrateServices } from '@jinku/service';
import { services } from './services.ts';

await migrateServices(services, process.env);
