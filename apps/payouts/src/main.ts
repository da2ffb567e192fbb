import { runServices } from '@jinku/service';
import { payoutsService } from './index.ts';

await runServices([payoutsService], process.env);
