import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { CredentialsReason } from '../../../src/oss/signing/credentials.js';
import { type CredentialsInit, credentialsFrom } from '../../../src/oss/signing/credentials-from.js';
import { failure } from '../failure.js';

const sts = { AccessKeyId: 'STS.id', AccessKeySecret: 'SECRET', SecurityToken: 'TOKEN' };
const { signal: never } = new AbortController();
const request = { bucket: 'bkt', key: 'k', reason: 'initial' as CredentialsReason, signal: never };

const servers: Server[] = [];

afterEach(async () => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});

/** The app's own server; `requests` are those that came. */
async function serving(answer: RequestListener) {
	const requests: IncomingMessage[] = [];
	const server = createServer((incoming, outgoing) => {
		requests.push(incoming);
		answer(incoming, outgoing);
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { origin, url: `${origin}/sts`, requests };
}

const answering = (status: number, body: string, type = 'application/json', headers = {}) =>
	serving((_, outgoing) => {
		outgoing.writeHead(status, { 'content-type': type, ...headers }).end(body);
	});

/** Asks once: ky's own retries are another matter. */
const failing = (url: string, init: CredentialsInit = {}) =>
	failure(Promise.resolve(credentialsFrom(url, { retry: 0, ...init })(request)));

describe('the request', () => {
	test('is a GET that no cache answers and that wants JSON', async () => {
		const { url, requests } = await answering(200, JSON.stringify(sts));
		expect(await credentialsFrom(url)(request)).toEqual(sts);
		expect(requests[0]?.method).toBe('GET');
		expect(requests[0]?.headers).toMatchObject({ accept: 'application/json', 'cache-control': 'no-cache' });
	});

	test('may be a URL object, which is taken as it is now', async () => {
		const { url, requests } = await answering(200, JSON.stringify(sts));
		const address = new URL(`${url}?user=1`);
		const getCredentials = credentialsFrom(address);
		address.pathname = '/elsewhere';
		await getCredentials(request);
		expect(requests[0]?.url).toBe('/sts?user=1');
	});

	test('carries what ky and fetch are told, hooks included, and is a POST where it has a body', async () => {
		const { url, requests } = await answering(200, JSON.stringify(sts));
		const seen: unknown[] = [];
		const getCredentials = credentialsFrom(url, {
			json: { role: 'uploader' },
			headers: { 'x-csrf': 'CSRF', accept: 'application/vnd.app+json' },
			searchParams: { a: '1' },
			context: { mine: true },
			hooks: { beforeRequest: [(_, { context }) => void seen.push(context)] },
		});
		await getCredentials({ ...request, key: 'films/1' });
		expect(requests[0]).toMatchObject({ method: 'POST', url: '/sts?a=1' });
		expect(requests[0]?.headers).toMatchObject({
			'x-csrf': 'CSRF',
			accept: 'application/vnd.app+json',
			'content-type': 'application/json',
		});
		expect(seen).toEqual([{ mine: true, bucket: 'bkt', key: 'films/1', reason: 'initial' }]);
	});

	test('may be of another method', async () => {
		const { url, requests } = await answering(200, JSON.stringify(sts));
		await credentialsFrom(url, { method: 'POST' })(request);
		expect(requests[0]?.method).toBe('POST');
	});

	test.each(['get', 'post'])('is repeated by ky where the server is busy, as a %s', async (method) => {
		let asked = 0;
		const { url } = await serving((_, outgoing) => {
			outgoing.writeHead(++asked < 3 ? 503 : 200).end(JSON.stringify(sts));
		});
		const init = { method, retry: { delay: () => 0 } };
		expect(await credentialsFrom(url, init)(request)).toEqual(sts);
		expect(asked).toBe(3);
	});

	test('ends with the signal of the one who asks, and with its reason', async () => {
		const controller = new AbortController();
		// The server never answers: it is left as soon as it was asked.
		const { url } = await serving(() => controller.abort('left'));
		const asked = credentialsFrom(url)({ ...request, signal: controller.signal });
		await expect(asked).rejects.toBe('left');
	});

	test('has its JSON read by the parser that was passed', async () => {
		const { url } = await answering(200, `)]}'${JSON.stringify(sts)}`);
		const parseJson = (text: string) => JSON.parse(text.slice(4));
		expect(await credentialsFrom(url, { parseJson })(request)).toEqual(sts);
	});
});

describe('each accepted shape is handed on:', () => {
	test.each<[string, unknown]>([
		["STS's own, whole", { RequestId: 'r', Credentials: sts }],
		['our own names', { accessKeyId: 'i', accessKeySecret: 's', securityToken: 't' }],
		["ali-oss's stsToken", { accessKeyId: 'i', accessKeySecret: 's', stsToken: 't' }],
	])('%s', async (_, shape) => {
		const { url } = await answering(200, JSON.stringify(shape), 'text/plain');
		expect(await credentialsFrom(url)(request)).toEqual(shape);
	});
});

describe('an answer that is not 2xx is told by its status and its beginning:', () => {
	test.each<[number, string, string, RegExp, boolean]>([
		[401, '', 'text/plain', /answered 401 text\/plain, without a body\. Sign in, or/, false],
		[
			401,
			'{"error":"not signed in"}',
			'application/json',
			/beginning with: \{"error":"not signed in"\}\. Sign in/,
			false,
		],
		[403, 'no', 'text/plain', /answered 403 text\/plain, beginning with: no\. Sign in/, false],
		[
			404,
			'<!doctype html>\n\n<title>Gone</title>',
			'text/html',
			/404 text\/html, beginning with: <!doctype html> <title>Gone<\/title>\. Check the address/,
			false,
		],
		[405, '', 'text/plain', /Check the address and the `method`/, false],
		[
			422,
			'{"errors":["role"]}',
			'application/json',
			/422 application\/json, beginning with: \{"errors":/,
			false,
		],
		[429, 'slow down', 'text/plain', /answered 429/, true],
		[
			500,
			'Error: no such role\n    at sts.js:1',
			'text/plain',
			/beginning with: Error: no such role at sts.js:1\. See the server's log/,
			true,
		],
		[507, 'x'.repeat(20).concat(' ').repeat(100), 'text/html', /beginning with: (x{20} ){4}x{16}…\. /, true],
	])('%i %j', async (status, body, type, message, retryable) => {
		const { url } = await answering(status, body, type);
		const error = await failing(`${url}?a=QUERY`);
		expect(error).toMatchObject({ code: 'Credentials', status, retryable });
		expect(error.cause).toBeUndefined();
		expect(error.message).toMatch(message);
		expect(error.message.startsWith(`${url} answered ${status}`)).toBe(true);
	});
});

describe('an answer that is no JSON is told by its beginning:', () => {
	test.each<[string, string, string, RegExp]>([
		[
			'a login page',
			'<html>\n<title>Log in</title>',
			'text/html',
			/answered 200 text\/html, beginning with: <html> <title>Log in<\/title>\. Have it answer the credentials as JSON$/,
		],
		['nothing', '', 'application/json', /answered 200 application\/json, without a body/],
	])('%s', async (_, body, type, message) => {
		const { url } = await answering(200, body, type);
		const error = await failing(url);
		expect(error).toMatchObject({ code: 'Credentials', retryable: true });
		expect(error.message).toMatch(message);
	});

	test('the page that a redirect leads to', async () => {
		const { url } = await serving((incoming, outgoing) => {
			if (incoming.url === '/login')
				outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in');
			else outgoing.writeHead(302, { location: '/login' }).end();
		});
		expect((await failing(url)).message).toMatch(/answered 200 text\/html, beginning with: <h1>Log in/);
	});
});

describe('JSON of another shape is told by the names of its fields alone:', () => {
	test.each<[number, unknown, RegExp]>([
		[
			200,
			{ code: 0, data: { AccessKeyId: 'SECRET' } },
			/\/sts to answer .*got an object with `code`, `data`$/,
		],
		[200, { AccessKeyId: 'SECRET' }, /`accessKeySecret` .*got an object with `AccessKeyId`$/],
		[200, ['SECRET'], /got an Array$/],
		[200, 'SECRET', /got string$/],
		[200, null, /got null$/],
		[
			500,
			{ message: 'no', credentials: { accessKeySecret: 'SECRET' } },
			/500 .*, an object with `message`, `credentials`, `accessKeySecret`\. See/,
		],
		[403, { sessionToken: 'SECRET' }, /403 .*, an object with `sessionToken`\. Sign in/],
		[400, ['SECRET'], /400 .*, JSON without a field\. /],
		[400, 'SECRET', /400 .*, JSON without a field\. /],
	])('%i %j', async (status, body, message) => {
		const { url } = await answering(status, JSON.stringify(body));
		const error = await failing(url);
		expect(error.code).toBe('Credentials');
		expect(error.message).toMatch(message);
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});
});

describe('no error tells a secret', () => {
	test.each<[string, number, string]>([
		['JSON that breaks off', 200, '{"AccessKeyId":"STS.SECRETSECRET","AccessKeySecret":"SECRET'],
		['XML', 500, '<Credentials><AccessKeySecret>SECRET</AccessKeySecret>'],
		['a form with a token', 200, '<meta name="csrf-token" content="SECRET">'],
		['JSON in JSON, refused', 500, JSON.stringify({ body: JSON.stringify({ securityToken: 'SECRET' }) })],
	])('of %s', async (_, status, body) => {
		const { url } = await answering(status, body, 'text/plain');
		const error = await failing(`${url}?auth=SECRET#SECRET`, { headers: { authorization: 'SECRET' } });
		expect(error.code).toBe('Credentials');
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});

	test('where no answer came: neither the query nor the headers', async () => {
		const { url } = await serving((incoming) => incoming.socket.destroy());
		const error = await failing(`${url}?auth=SECRET`, { headers: { authorization: 'SECRET' } });
		expect(error.message).toMatch(`No answer came from ${url}: `);
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});

	test('where the address cannot be resolved, as without a page', async () => {
		const error = await failing('/sts?auth=SECRET');
		expect(error.message).toMatch(/^\/sts could not be asked/);
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});
});

describe('no answer is a failure of the network', () => {
	test.each<[string, RequestListener]>([
		['a connection that breaks', (incoming) => incoming.socket.destroy()],
		[
			'an answer that breaks off',
			(_, outgoing) => {
				outgoing.writeHead(200, { 'content-length': '1000' });
				outgoing.write('{', () => outgoing.destroy());
			},
		],
	])('%s [B4]', async (_, answer) => {
		const { url } = await serving(answer);
		const error = await failing(url);
		expect(error).toMatchObject({ code: 'Credentials', retryable: true });
		expect(error.status).toBeUndefined();
		expect(error.cause).toMatchObject({ code: 'Network', retryable: true, cause: expect.any(TypeError) });
	});

	test.each([502, 503, 504])('a proxy that has nobody behind it: %i', async (status) => {
		const { url } = await answering(status, '<h1>Bad Gateway</h1>', 'text/html');
		const error = await failing(`${url}?auth=SECRET`);
		expect(error).toMatchObject({ code: 'Credentials', status, retryable: true, cause: { code: 'Network' } });
		expect(error.message).toMatch(/answered 50\d text\/html, beginning with: <h1>Bad Gateway/);
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});

	test("ky's time-out [B4]", async () => {
		const { url } = await serving(() => {});
		const error = await failing(`${url}?auth=SECRET`, { timeout: 1 });
		expect(error).toMatchObject({ code: 'Credentials', retryable: true, cause: { code: 'Network' } });
		expect(inspect(error, { depth: 10 })).not.toContain('SECRET');
	});

	test('a hook that throws is none, and its error is the cause', async () => {
		const { url } = await answering(200, JSON.stringify(sts));
		const cause = new Error('Are you signed in? Nobody is.');
		const refuse = () => {
			throw cause;
		};
		const error = await failing(url, { hooks: { beforeRequest: [refuse] } });
		expect(error).toMatchObject({ code: 'Credentials', retryable: true, cause });
	});
});

describe('a wrong argument is told at once:', () => {
	test.each<[string, unknown, unknown, RegExp]>([
		['nothing', undefined, undefined, /`url` to be a string or URL .*, got undefined$/],
		['a function', () => sts, undefined, /a function of your own goes to `getCredentials` as it is/],
		['a Request', new Request('https://a.example.com'), undefined, /`url` .* got (Request|Object)$/],
		['an empty address', ' ', undefined, /`url` .* got nothing$/],
		['no address', 'https://SECRET:port/', undefined, /`url` .* got something that is none$/],
		['another scheme', 'data:application/json,SECRET', undefined, /http or https, got data:$/],
		[
			'a user in it',
			'https://SECRET:SECRET@a.example.com/sts',
			undefined,
			/got one with a user: pass `headers` instead$/,
		],
		['init that is none', '/sts', 'POST', /`init` to be an object, .* got "POST"$/],
		['null', '/sts', null, /`init` to be an object/],
		['a method that is none', '/sts', { method: 1 }, /`init.method` to be a string, got 1$/],
		[
			'a GET with a body',
			'/sts',
			{ method: 'GET', json: {} },
			/`init.method` to be POST or the like beside a body/,
		],
		['a signal', '/sts', { signal: never }, /`init` to be without a signal/],
		[
			'headers that are none',
			'/sts',
			{ headers: { 'a b': 'SECRET' } },
			/`init.headers` to be headers that `fetch` takes/,
		],
		['a prefix', '/sts', { prefixUrl: 'a' }, /`init` to be without a prefixUrl/],
		['a method with a space', '/sts', { method: 'a b' }, /`init.method` to be a word .* got "a b"$/],
		['credentials that are none', '/sts', { credentials: 'all' }, /`init.credentials` .* got "all"$/],
		['a mode that is none', '/sts', { mode: 'navigate' }, /`init.mode` .* got "navigate"$/],
		['a cache that is none', '/sts', { cache: 'never' }, /`init.cache` .* got "never"$/],
		['a time-out that is none', '/sts', { timeout: '5s' }, /`init.timeout` to be milliseconds/],
		['a time-out of 0', '/sts', { timeout: 0 }, /`init.timeout` to be milliseconds/],
		['a time-out beyond timers', '/sts', { timeout: 2 ** 31 }, /`init.timeout` to be milliseconds/],
		['retry that is none', '/sts', { retry: 'no' }, /`init.retry` to be a number or an object/],
		['hooks that are none', '/sts', { hooks: 1 }, /`init.hooks` to be an object/],
		['a parser that is none', '/sts', { parseJson: {} }, /`init.parseJson` to be a function/],
	])('%s', (_, url, init, message) => {
		// As from JavaScript.
		const call = () => credentialsFrom(url as string, init as CredentialsInit);
		expect(call).toThrow(TypeError);
		expect(call).toThrow(message);
		expect(call).toThrow(/^(?!.*SECRET)/);
	});

	test('words that `fetch` takes are none, also those that go together only', () => {
		const init: CredentialsInit = {
			...{ method: 'POST', mode: 'same-origin', cache: 'only-if-cached' },
			...{ credentials: 'include', redirect: 'error', referrerPolicy: 'no-referrer' },
		};
		expect(credentialsFrom('/sts', init)).toBeTypeOf('function');
	});

	test.each(['/sts', 'sts', '../sts?a=1', '//app.example.com/sts', 'https://app.example.com/sts'])(
		'%s is none, though there may be no page yet',
		(url) => {
			expect(credentialsFrom(url)).toBeTypeOf('function');
		},
	);
});
