import { expect, test } from 'vitest';
import { mediaType } from '../../src/oss/media-type.js';
import { quotation } from '../../src/oss/quotation.js';

test('white space and control characters become one space each', () => {
	expect(quotation(' \n<html>\r\n\t<title>Log in</title>\u0000 \u2028x ', 100)).toBe(
		'<html> <title>Log in</title> x',
	);
});

test('what is longer is cut, and shows it', () => {
	expect(quotation('abcdef', 6)).toBe('abcdef');
	expect(quotation('abcdefg', 6)).toBe('abcdef…');
});

test.each([
	['JSON', '{"accessKeySecret":"SECRET","a":1}', '{"accessKeySecret":"…","a":1}'],
	['JSON that breaks off', '{"accessKeyId": "SECRET', '{"accessKeyId": "…'],
	['JSON in JSON', '"{\\"securityToken\\":\\"SECRET\\"}"', '"{\\"securityToken\\":\\"…\\"}"'],
	['XML', '<AccessKeySecret>SECRET</AccessKeySecret>', '<AccessKeySecret>…</AccessKeySecret>'],
	['a form', '<meta name="csrf-token" content="SECRET">', '<meta name="csrf-token" content="…">'],
	['an input', '<input name="_token" value="SECRET" />', '<input name="_token" value="…" />'],
	['a header', 'Authorization: Bearer SECRET', 'Authorization: Bearer …'],
	['a query', 'security-token=SECRET&x=1', 'security-token=…&x=1'],
	['a signed address', 'see https://b.example.com/k?Signature=SECRET.', 'see https://b.example.com/k?…'],
	['a key id', 'LTAI5tSECRETSECRET is unknown', '… is unknown'],
	['a key id of STS', 'no STS.NUSECRETSECRET', 'no …'],
	['a long run', `x ${'SECRET'.repeat(7)} y`, 'x … y'],
])('a secret in %s is left out', (_, text, expected) => {
	expect(quotation(text, 200)).toBe(expected);
});

test.each([
	'The OSS Access Key Id you provided does not exist in our records.',
	'The security token you provided has expired.',
	'{"error":"invalid token"}',
	'<?xml version="1.0"?><Error>',
	'Please send all future requests to this endpoint: oss-cn-shanghai.aliyuncs.com',
	'Did you sign in? Then try again.',
])('%s is told as it is', (text) => {
	expect(quotation(text, 200)).toBe(text);
});

test.each([
	['text/html; charset=utf-8', 'text/html'],
	['Application/Problem+JSON', 'application/problem+json'],
	['', undefined],
	[undefined, undefined],
	['<script>', undefined],
])('the media type of %j is %j', (header, expected) => {
	expect(mediaType(header)).toBe(expected);
});
