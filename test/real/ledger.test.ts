import { beforeEach, expect, test } from 'vitest';
import { type Entry, Ledger } from './ledger.js';

const BASE = 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/';

let ledger: Ledger;
beforeEach(() => {
	ledger = new Ledger(BASE);
});

function note(method: string, path: string, answer: Partial<Entry> = { status: 200 }): void {
	ledger.note({ at: '2026-11-26T11:00:00Z', from: 'page', method, url: BASE + path })(answer);
}

test('objects may lie where they were put or completed, whatever was answered', () => {
	note('PUT', 'a/one');
	note('PUT', 'a/two', {});
	note('POST', 'a/%E7%94%B5%20%2B.bin?uploadId=U1');
	note('PUT', 'a/part?partNumber=1&uploadId=U1');
	note('POST', 'a/begun?uploads');
	note('OPTIONS', 'a/asked');
	note('HEAD', 'a/looked-at');
	expect(ledger.keys()).toEqual(['a/one', 'a/two', 'a/电 +.bin']);
});

test('uploads are those that OSS did not deny', () => {
	note('OPTIONS', 'a?uploadId=NONE');
	note('PUT', 'a?partNumber=1&uploadId=NONE', { status: 404 });
	note('PUT', 'b?partNumber=1&uploadId=U1');
	const start = ledger.length;
	note('PUT', 'c?partNumber=1&uploadId=U2', {});
	note('DELETE', 'c?uploadId=U2', { status: 403 });
	expect(ledger.uploads()).toEqual([
		{ key: 'b', uploadId: 'U1' },
		{ key: 'c', uploadId: 'U2' },
	]);
	expect(ledger.uploads(start)).toEqual([{ key: 'c', uploadId: 'U2' }]);
});

test('the table tells no signature, and asks for nothing that a person cannot read', () => {
	note('PUT', 'a?partNumber=1&uploadId=0123456789&x-oss-signature=secret&Signature=secret', {
		status: 200,
		requestId: 'ID',
	});
	note('GET', 'b', {});
	expect(ledger.table().slice(2)).toEqual([
		'| 2026-11-26T11:00:00Z | page | `PUT /a?partNumber=1&uploadId=01234567` | 200 | ID |',
		'| 2026-11-26T11:00:00Z | page | `GET /b` | none |  |',
	]);
});

test('only what goes to the bucket is ours', () => {
	expect(ledger.isOurs(`${BASE}a`)).toBe(true);
	expect(ledger.isOurs('http://localhost:8642/sts')).toBe(false);
});
