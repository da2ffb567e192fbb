import { join } from 'node:path';

/** Where everything of one stack lies. */
export interface StackFolders {
  readonly root: string;
  readonly stateFile: string;
  readonly lockFile: string;
  readonly secretFile: string;
  readonly keys: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly redis: string;
  logFile(name: string): string;
}

export function stackFolders(root: string): StackFolders {
  return {
    root,
    stateFile: join(root, 'state.json'),
    lockFile: join(root, 'supervisor'),
    secretFile: join(root, 'database.secret'),
    keys: join(root, 'keys'),
    postgres: join(root, 'postgres'),
    kafka: join(root, 'kafka'),
    redis: join(root, 'redis'),
    logFile: (name) => join(root, 'logs', `${name}.log`),
  };
}

/** The argument by which a start after a crash finds the Node processes that the one before left running. They do not read it. */
export function markerOf(folders: StackFolders): string {
  return `--stack=${folders.root}/`;
}

/** Whether a command line is that of a process which some start of this stack has left. */
export function isLeftOver(folders: StackFolders, commandLine: string): boolean {
  return [markerOf(folders), `kafka.Kafka ${folders.kafka}/`, `--dir ${folders.redis} `].some((mark) => `${commandLine} `.includes(mark));
}
