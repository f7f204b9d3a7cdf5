import { describe, expect, test } from 'vitest';
import type { TransportResponse } from '../../src/core/ports.js';
import { createServerTime } from '../../src/oss/server-time.js';
import { timestamp } from '../../src/oss/signing/signer-v4.js';
import { ManualClock } from '../manual-clock.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

const response = (headers: Record<string, string> = {}): TransportResponse => ({
	status: 200,
	text: '',
	header: (name) => headers[name],
});

function learning() {
	const clock = new ManualClock(Date.parse('2026-01-02T03:04:05Z'));
	const time = createServerTime(clock);
	/** `ms` from this machine's time, as the HTTP header and as ServerTime. */
	const httpDate = (ms: number) => new Date(clock.now() + ms).toUTCString();
	const iso = (ms: number) => new Date(clock.now() + ms).toISOString();
	const hear = (date: string, more: Record<string, string> = {}, sentAt = clock.now()) =>
		time.learn(response({ date, ...more }), undefined, sentAt);
	const refuse = (serverTime: string, sentAt = clock.now()) => time.learn(response(), serverTime, sentAt);
	const ahead = () => time.now() - clock.now();
	return { clock, time, httpDate, iso, hear, refuse, ahead };
}

test('before anything is learned it is this machine’s time, and not known to be OSS’s', () => {
	const { time, ahead } = learning();
	expect(ahead()).toBe(0);
	expect(time.isKnown).toBe(false);
});

test.each([HOUR, -HOUR, 9 * YEAR, -9 * YEAR])(
	'a ServerTime %d ms ahead is learned exactly, and makes it known',
	(ms) => {
		const { time, iso, refuse, ahead } = learning();
		refuse(iso(ms));
		expect(ahead()).toBe(ms);
		expect(time.isKnown).toBe(true);
	},
);

test('a moment that was is no later than now, though the clock was set back since and OSS has taught it', async () => {
	const { clock, time, refuse } = learning();
	const sentAt = clock.now();
	await clock.advance(-HOUR);
	refuse(new Date(sentAt + 1000).toISOString(), sentAt);
	expect(time.at(sentAt)).toBe(time.now());
	expect(time.at(sentAt)).toBe(sentAt + 1000);
});

test('a second ServerTime takes the place of the first', () => {
	const { iso, refuse, ahead } = learning();
	refuse(iso(HOUR));
	refuse(iso(-HOUR));
	expect(ahead()).toBe(-HOUR);
});

describe('no ServerTime is believed that is', () => {
	test.each([
		['in the year 275760', '+275760-09-12T00:00:00.000Z'],
		['beyond any date', '+275760-09-14T00:00:00.000Z'],
		['in the year 9999', '9999-12-31T23:59:59.000Z'],
		['in 1970', '1970-01-01T00:00:00.000Z'],
		['before the common era', '-271821-04-20T00:00:00.000Z'],
		['more than ten years ahead', '2036-06-01T00:00:00.000Z'],
		['more than ten years behind', '2015-06-01T00:00:00.000Z'],
		['a number', '1'],
		['NaN', 'NaN'],
		['no time', 'yesterday'],
		['without a zone', '2026-01-02T04:04:05'],
		['of a month that is none', '2026-13-02T04:04:05Z'],
		['nothing', ''],
	])('%s [C5]', (_, serverTime) => {
		const { time, refuse, ahead } = learning();
		refuse(serverTime);
		expect(ahead()).toBe(0);
		expect(time.isKnown).toBe(false);
		expect(timestamp(time.now())).toBe('20260102T030405Z');
	});
});

describe('a Date that can be read', () => {
	test('is learned where it is far off, but may be another machine’s', () => {
		const { time, httpDate, hear, ahead } = learning();
		hear(httpDate(HOUR));
		expect(ahead()).toBe(HOUR);
		expect(time.isKnown).toBe(false);
	});

	test('never overrides what a ServerTime taught [C5]', () => {
		const { iso, httpDate, refuse, hear, ahead } = learning();
		refuse(iso(HOUR));
		hear(httpDate(0));
		hear(httpDate(-HOUR));
		expect(ahead()).toBe(HOUR);
	});

	test('is contradicted once by a ServerTime, and then no more: no part is sent twice for it [C5]', () => {
		const { iso, httpDate, refuse, hear, ahead } = learning();
		hear(httpDate(-HOUR));
		expect(ahead()).toBe(-HOUR);
		refuse(iso(0));
		expect(ahead()).toBe(0);
		for (let part = 0; part < 5; part++) {
			hear(httpDate(-HOUR));
			expect(ahead()).toBe(0);
		}
	});

	test('still teaches after a ServerTime that nobody could believe', () => {
		const { httpDate, refuse, hear, ahead } = learning();
		refuse('9999-12-31T23:59:59.000Z');
		hear(httpDate(HOUR));
		expect(ahead()).toBe(HOUR);
	});

	test.each<[string, number, Record<string, string>]>([
		['of a cached answer', -HOUR, { age: '3600' }],
		['within 30 s', 25_000, {}],
		['of eleven years ago', -11 * YEAR, {}],
	])('%s is nothing to learn from [C5]', (_, ms, headers) => {
		const { httpDate, hear, ahead } = learning();
		hear(httpDate(ms), headers);
		expect(ahead()).toBe(0);
	});

	test.each(['Sat, 13 Sep 275760 00:00:00 GMT', 'Sun, 14 Sep 275760 00:00:00 GMT', 'now', '5', ''])(
		'of %j is nothing to learn from [C5]',
		(date) => {
			const { hear, ahead } = learning();
			hear(date);
			expect(ahead()).toBe(0);
		},
	);
});

describe('an answer that came while the machine slept', () => {
	test('teaches nothing by a Date between sending and receiving', async () => {
		const { clock, httpDate, hear, ahead } = learning();
		const [sentAt, date] = [clock.now(), httpDate(2000)];
		await clock.advance(5 * HOUR);
		hear(date, {}, sentAt);
		expect(ahead()).toBe(0);
	});

	test('teaches nothing by a ServerTime between sending and receiving: the clock may well be right', async () => {
		const { clock, time, iso, refuse, ahead } = learning();
		const [sentAt, serverTime] = [clock.now(), iso(HOUR)];
		await clock.advance(5 * HOUR);
		refuse(serverTime, sentAt);
		expect(ahead()).toBe(0);
		expect(time.isKnown).toBe(false);
	});

	test('teaches by a ServerTime that was at neither end, but not to the second', async () => {
		const { clock, time, iso, refuse } = learning();
		const [sentAt, serverTime] = [clock.now(), iso(-HOUR)];
		await clock.advance(5 * HOUR);
		refuse(serverTime, sentAt);
		expect(time.now()).toBe(Date.parse(serverTime));
		expect(time.isKnown).toBe(false);
	});
});

describe('where another machine signs, what it signs with', () => {
	test.each([HOUR, -HOUR])('shows how far this machine is off: %d ms', (ms) => {
		const { clock, time, ahead } = learning();
		time.signed(clock.now() + ms);
		expect(ahead()).toBe(ms);
		expect(time.isKnown).toBe(false);
	});

	test('teaches no more once OSS has shown a time of its own, and nothing that is no time of today', () => {
		for (const teach of ['date', 'serverTime'] as const) {
			const { clock, time, httpDate, iso, hear, refuse, ahead } = learning();
			time.signed(clock.now() - 11 * YEAR);
			expect(ahead()).toBe(0);
			time.signed(clock.now() - HOUR);
			if (teach === 'date') hear(httpDate(0));
			else refuse(iso(0));
			time.signed(clock.now() - HOUR);
			expect(ahead()).toBe(0);
		}
	});
});
