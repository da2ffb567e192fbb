import { runServices } from '@jinku/service';
import { transfersService } from './index.ts';

await runServices([transfersService], process.env);
