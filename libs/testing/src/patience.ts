import { jest } from '@jest/globals';

/** A suite that shares two cores with others must not fail for being slow. Jest takes no time-out from a project's own configuration. */
jest.setTimeout(30_000);
