import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSigner, NotSignedError } from 'oss-resumable-upload/sign';
import { BadRequest } from './bad-request.js';
import { isOwnPage } from './own-page.js';
import { PREFIX, type Storage } from './storage.js';
import type { TemporaryCredentials } from './sts.js';
import { changeWeather } from './weather.js';

/** Answers what it answers as JSON, `undefined` as 204. */
type Route = (body: unknown) => Promise<unknown>;

const MAX_BODY_BYTES = 64 * 1024;

/** What the page asks its own server: where to upload, tokens, signatures, and (emulator only) bad weather. */
export function createRoutes(storage: Storage): ReadonlyMap<string, Route> {
	const { mode, bucket, region, endpoint, emulator } = storage;
	const signer = createSigner({ bucket, region, endpoint, credentials: sharedCredentials(storage) });
	return new Map<string, Route>([
		['GET /config', async () => ({ mode, bucket, region, endpoint })],
		['POST /sts', () => storage.mintCredentials()],
		['POST /sign', (request) => signer.signUpload(request, { prefix: PREFIX })],
		[
			'POST /weather',
			async (body) => {
				if (!emulator) throw new BadRequest('Only the emulator has weather');
				changeWeather(emulator, asRecord(body));
			},
		],
	]);
}

/** One token for all signatures, until it is about to end. */
function sharedCredentials(storage: Storage): () => Promise<TemporaryCredentials> {
	let latest: TemporaryCredentials | undefined;
	return async () => {
		const left = latest ? Date.parse(latest.expiration) - Date.now() : 0;
		if (!latest || left < 2000) latest = await storage.mintCredentials();
		return latest;
	};
}

/** Whether a route took the request. */
export async function answer(
	routes: ReadonlyMap<string, Route>,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<boolean> {
	const path = new URL(request.url ?? '/', 'http://page').pathname;
	const route = routes.get(`${request.method} ${path}`);
	if (!route) return false;
	if (!isOwnPage(request)) {
		refuse(response);
		return true;
	}
	try {
		const body = request.method === 'POST' ? await readJson(request) : undefined;
		reply(response, 200, await route(body));
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const status = statusOf(error);
		if (status === 502) console.error(`${path}: ${message}`);
		reply(response, status, { message });
	}
	return true;
}

function statusOf(error: unknown): number {
	if (error instanceof NotSignedError) return error.status;
	return error instanceof BadRequest ? 400 : 502;
}

export const refuse = (response: ServerResponse): void =>
	reply(response, 403, { message: 'Only the demo page itself may ask this.' });

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		const buffer = Buffer.from(chunk);
		bytes += buffer.length;
		if (bytes > MAX_BODY_BYTES) throw new BadRequest('The body is too long');
		chunks.push(buffer);
	}
	const text = Buffer.concat(chunks).toString('utf8');
	try {
		return text === '' ? undefined : JSON.parse(text);
	} catch {
		throw new BadRequest('The body is no JSON');
	}
}

function reply(response: ServerResponse, status: number, body: unknown): void {
	const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
	if (body === undefined) response.writeHead(204, headers).end();
	else response.writeHead(status, headers).end(JSON.stringify(body));
}

const asRecord = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {};
