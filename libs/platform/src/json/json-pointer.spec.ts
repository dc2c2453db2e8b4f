import { pointerToken } from './json-pointer';

it.each([
  ['plain', 'plain'],
  ['', ''],
  ['a/b//c', 'a~1b~1~1c'],
  ['m~n~~', 'm~0n~0~0'],
  ['~1', '~01'],
  ['~/', '~0~1'],
])('a pointer goes through the member %j as %j', (name, token) => {
  expect(pointerToken(name)).toBe(token);
});
