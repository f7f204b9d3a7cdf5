import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { chromium } from 'playwright';
import { afterEach, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../demo/server/index.js';
import { createPage } from '../../demo/server/page.js';
import { createSigner } from '../../src/sign.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

async function demo(): Promise<Demo> {
	const started = await startDemo();
	ends.push(() => started.close());
	return started;
}

describe('the demo server is for its own page alone', () => {
	/** fetch sets Host and the like itself, so the request is made by hand. */
	const ask = (
		url: string,
		{ method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
	): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }> =>
		new Promise((resolve, reject) => {
			request(url, { method, headers }, async (response) => {
				const chunks: Buffer[] = [];
				for await (const chunk of response) chunks.push(Buffer.from(chunk));
				const text = Buffer.concat(chunks).toString('utf8');
				resolve({ status: response.statusCode, headers: response.headers, text });
			})
				.on('error', reject)
				.end();
		});
	const corsNames = (headers: IncomingHttpHeaders) =>
		Object.keys(headers).filter((name) => name.startsWith('access-control-'));
	const originOf = (url: string) => new URL(url).origin;

	test('the emulator’s control answers no page but this one [E7]', async () => {
		const { url, endpoint } = await demo();
		const sts = `${endpoint}/-/sts`;
		const own = await ask(sts, { method: 'POST', headers: { origin: originOf(url) } });
		expect(own.status).toBe(200);
		expect(JSON.parse(own.text).securityToken).toBeTruthy();
		const byName = { origin: originOf(url).replace('127.0.0.1', 'localhost') };
		expect((await ask(sts, { method: 'POST', headers: byName })).status).toBe(200);
		for (const headers of [
			{ origin: 'https://elsewhere.example' },
			{ origin: 'null' },
			{ origin: endpoint },
			{},
		]) {
			const answer = await ask(sts, { method: 'POST', headers: { ...headers } });
			expect(answer.status).toBe(403);
			expect(corsNames(answer.headers)).toEqual([]);
		}
	});

	test('the bucket’s CORS names this page, and no other may read an answer [E7]', async () => {
		const { url, endpoint } = await demo();
		const preflight = (origin: string) =>
			ask(`${endpoint}/demo-bucket/demo/a`, {
				method: 'OPTIONS',
				headers: { origin, 'access-control-request-method': 'PUT' },
			});
		const own = await preflight(originOf(url));
		expect(own.status).toBe(200);
		expect(own.headers['access-control-allow-origin']).toBe(originOf(url));
		const other = await preflight('https://elsewhere.example');
		expect(other.status).toBe(403);
		expect(corsNames(other.headers)).toEqual([]);
	});

	test('the emulator calls no other server back [E7]', async () => {
		const { emulator, endpoint } = await demo();
		let called = 0;
		const other = createServer((_, response) => {
			called++;
			response.end('{}');
		});
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		ends.push(() => new Promise((resolve) => other.close(resolve)));
		const { port } = Object(other.address());
		const callback = Buffer.from(
			JSON.stringify({ callbackUrl: `http://127.0.0.1:${port}/`, callbackBody: 'a=b' }),
		).toString('base64');
		const credentials = emulator?.mintCredentials();
		if (!credentials) throw new Error('The demo has no emulator');
		const place = { bucket: 'demo-bucket', region: 'cn-hangzhou', endpoint };
		const { url: signed, headers } = await createSigner({ ...place, credentials }).sign({
			method: 'PUT',
			key: 'demo/a',
			headers: { 'content-type': 'a/b', 'x-oss-callback': callback },
		});
		const answer = await fetch(signed, { method: 'PUT', headers, body: 'hello' });
		expect(answer.status).toBe(400);
		expect(await answer.text()).toContain('Callbacks are off');
		expect(called).toBe(0);
	});

	test('in a browser a page of another port gets no token and changes nothing, however it asks [E7, E8]', async () => {
		const { url, endpoint, emulator } = await demo();
		const elsewhere = createServer((_, response) => {
			response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Elsewhere');
		});
		await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
		ends.push(() => new Promise((resolve) => elsewhere.close(resolve)));
		const executablePath = process.env.CHROMIUM_PATH;
		const browser = await chromium.launch({ ...(executablePath && { executablePath }) });
		ends.unshift(() => browser.close());
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${Object(elsewhere.address()).port}/`);
		const credentials = emulator?.mintCredentials();
		const seen = await page.evaluate(
			async ({ control, server }) => {
				const ask = (address: string, init: RequestInit): Promise<string> =>
					fetch(address, init).then(
						(response) => `${response.type} ${response.status}`,
						(error) => error.name,
					);
				const framed = (element: HTMLFormElement | undefined, src: string): Promise<void> =>
					new Promise((resolve) => {
						const frame = document.createElement('iframe');
						frame.name = `frame-${document.querySelectorAll('iframe').length}`;
						frame.onload = () => resolve();
						if (!element) frame.src = src;
						document.body.append(frame);
						if (!element) return;
						document.body.append(element);
						element.target = frame.name;
						element.submit();
					});
				const form = (action: string): HTMLFormElement =>
					Object.assign(document.createElement('form'), { method: 'post', action });
				const read = [
					await ask(`${control}/sts`, { method: 'POST' }),
					await ask(`${control}/requests`, {}),
					await ask(`${control}/cors`, { method: 'PUT', body: 'false' }),
					await ask(`${server}sts`, { method: 'POST' }),
					await ask(`${server}config`, {}),
				];
				await ask(`${control}/expire-tokens`, { method: 'POST', mode: 'no-cors' });
				await ask(`${control}/clock?skew=3600000`, { method: 'POST', mode: 'no-cors', body: 'a' });
				const fault = '{"times":"always","action":{"type":"cut"}}';
				await ask(`${control}/faults`, { method: 'POST', mode: 'no-cors', body: fault });
				await framed(form(`${control}/expire-tokens`), '');
				await framed(undefined, `${control}/sts`);
				return read;
			},
			{ control: `${endpoint}/-`, server: url },
		);
		expect(seen).toEqual(Array(5).fill('TypeError'));
		if (!credentials) throw new Error('The demo has no emulator');
		const place = { bucket: 'demo-bucket', region: 'cn-hangzhou', endpoint };
		const request = { method: 'PUT', key: 'demo/a', headers: { 'content-type': 'a/b' } };
		const { url: signed, headers } = await createSigner({ ...place, credentials }).sign(request);
		expect((await fetch(signed, { method: 'PUT', headers, body: 'hello' })).status).toBe(200);
	});

	test('the emulator’s permanent key is not the one that its source prints [E7]', async () => {
		const [one, two] = [await demo(), await demo()];
		expect(one.emulator?.accessKeySecret).not.toBe('emulator-access-key-secret');
		expect(one.emulator?.accessKeySecret).not.toBe(two.emulator?.accessKeySecret);
	});

	test.each([
		'__open-in-editor?file=package.json',
		'__OPEN-in-editor?file=package.json',
		'__open-in-editor/?file=package.json',
	])('GET /%s opens nothing, whoever asks [E8]', async (path) => {
		const { url } = await demo();
		const { emulator: _, ...page } = await demo();
		for (const headers of [{}, { origin: originOf(page.url) }, { accept: 'text/html' }]) {
			const answer = await ask(`${page.url}${path}`, { headers: { ...headers } });
			expect(answer.status).toBe(404);
			expect(answer.text).toBe('');
		}
		const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
		expect((await ask(`${url}${path}`, { headers: foreign })).status).toBe(403);
	});

	test('no layer of Vite’s server has an address of its own any more [E8]', async () => {
		const server = createServer();
		const page = await createPage(server, 'http://oss');
		ends.push(() => page.close());
		const routed = page.middlewares.stack.filter(({ route }) => route !== '');
		expect(routed.map(({ route }) => route)).toEqual(['/__open-in-editor']);
		expect(routed.map(({ handle }) => Object(handle).name)).toEqual(['notFound']);
		expect(server.listenerCount('upgrade')).toBe(0);
	});

	test.each([
		['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
		['a script of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
		['a fetch of another port', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
		['a fetch of a browser without Sec-Fetch', { origin: 'https://elsewhere.example' }],
		[
			'a frame on another page',
			{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
		],
		['a name that was rebound to this machine', { host: 'elsewhere.example' }],
	])('%s gets neither the page nor its sources [E8]', async (_, headers) => {
		const { url } = await demo();
		for (const path of ['', 'main.ts', 'config', 'object?key=demo/a']) {
			const answer = await ask(`${url}${path}`, { headers });
			expect(answer.status).toBe(403);
			expect(corsNames(answer.headers)).toEqual([]);
		}
	});

	test('a link from anywhere opens it [E8]', async () => {
		const { url } = await demo();
		const headers = {
			'sec-fetch-site': 'cross-site',
			'sec-fetch-mode': 'navigate',
			'sec-fetch-dest': 'document',
			accept: 'text/html',
		};
		expect((await ask(url, { headers })).status).toBe(200);
		// Its answer is no page, so a link does not lead there.
		expect((await ask(`${url}config`, { headers })).status).toBe(403);
	});

	test('its sources carry no CORS header for a page of this machine [E8]', async () => {
		const { url } = await demo();
		const answer = await ask(`${url}main.ts`);
		expect(answer.status).toBe(200);
		expect(corsNames(answer.headers)).toEqual([]);
	});
});
