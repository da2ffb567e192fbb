import { migrateServices } from '@jinku/service';
import { transfersService } from './index.ts';

await migrateServices([transfersService], process.env);
