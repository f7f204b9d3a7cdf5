import { expect, test } from 'vitest';
import { inTurn } from '../../bench/rotation.js';

const order = (contenders: string[], rounds: number) =>
	[...inTurn(contenders, () => rounds)].map(({ round, contender }) => `${round}${contender}`).join(' ');

test('each round is begun by another contender, and the others follow in their order', () => {
	expect(order(['a', 'b', 'c'], 4)).toBe('0a 0b 0c 1b 1c 1a 2c 2a 2b 3a 3b 3c');
});

test('one contender has every turn, none has none', () => {
	expect(order(['a'], 2)).toBe('0a 1a');
	expect(order([], 2)).toBe('');
});

test('how many rounds there are may turn out in the first', () => {
	let rounds = 1;
	const turns: string[] = [];
	for (const { round, contender } of inTurn(['a', 'b'], () => rounds)) {
		turns.push(`${round}${contender}`);
		rounds = 2;
	}
	expect(turns.join(' ')).toBe('0a 0b 1b 1a');
});
