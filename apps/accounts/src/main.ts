import { runServices } from '@jinku/service';
import { accountsService } from './index.ts';

await runServices([accountsService], process.env);
