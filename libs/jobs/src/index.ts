export { createDoorbells } from './create-doorbells.ts';
export type { DoorbellOptions } from './create-doorbells.ts';
export { Doorbells } from './doorbells.ts';
export type { Bell, JobLog, RingBackend } from './doorbells.ts';
export { migrateJobs } from './migrate-jobs.ts';
