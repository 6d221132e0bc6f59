import { expect, it } from '@jest/globals';
import { inPlace } from '../../../src/commands/terminal/in-place.js';
import { Drawn } from '../../support/drawn.js';

function terminal(columns: number) {
  const drawn = new Drawn(columns);
  const stream = { isTTY: true, columns, hasColors: () => false, write: (text: string) => (drawn.write(text), true) };
  const resize = (width: number) => {
    stream.columns = width;
    drawn.resize(width);
  };
  return { drawn, resize, line: inPlace(stream as unknown as NodeJS.WriteStream) };
}

it('stands alone, whatever was drawn before it', () => {
  const { drawn, line } = terminal(80);
  drawn.write('said before\r\n');
  for (const words of ['a long line that is drawn first', 'a short one']) line.draw(words);
  expect(drawn.rows()).toEqual(['said before', 'a short one']);
  line.erase();
  expect(drawn.rows()).toEqual(['said before']);
});

it.each([
  [100, 60],
  [100, 34],
  [60, 100],
  [100, 99],
])('leaves nothing behind when a terminal of %d columns gets %d', (before, after) => {
  const { drawn, line, resize } = terminal(before);
  drawn.write('said before\r\n');
  line.draw('x'.repeat(before - 1));
  resize(after);
  line.draw('y'.repeat(after - 1));
  expect(drawn.rows()).toEqual(['said before', 'y'.repeat(after - 1)]);
  line.erase();
  expect(drawn.rows()).toEqual(['said before']);
});
