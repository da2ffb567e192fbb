import { migrateServices } from '@jinku/service';
import { payoutsService } from './index.ts';

await migrateServices([payoutsService], process.env);
