import { runServices } from '@jinku/service';
import { ledgerService } from './index.ts';

await runServices([ledgerService], process.env);
