import type { Profile } from '@jinku/cli';

/** The profile that this run of the suite is about. */
export const PROFILE: Profile = process.env['JINKU_SCENARIO_PROFILE'] === 'cluster' ? 'cluster' : 'embedded';
