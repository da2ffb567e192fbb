import type { Day } from '../day.ts';
import { positionBoard } from '../position-board.ts';

export async function printPositionBoard(day: Day): Promise<void> {
  day.story.tell('The position board');
  day.story.show(await positionBoard(day));
}
