import type { ObjectInfo, ObjectReceipt } from '../core/model.js';
import type { TransportResponse } from '../core/ports.js';
import { readEtag } from './answers.js';
import { readError } from './error-document.js';
import {
	type Answer,
	checksums,
	expectEmpty,
	isEvident,
	isFailedCallback,
	readCallback,
} from './evidence.js';
import { serviceError } from './service-error.js';
import { parseXml } from './xml.js';

/*
 * What an answer says of the object that lies at `location` now. Each reader throws a `SyntaxError` for what OSS would
 * not answer.
 */

/** PutObject. Where all headers are hidden, nothing shows that anything is stored. */
export async function putReceipt(answer: Answer, location: string): Promise<ObjectReceipt> {
	if (answer.hasCallback) return calledReceipt(answer, location);
	expectEmpty(answer.response);
	return receipt(answer.response, location);
}

/** CompleteMultipartUpload, whose document itself shows who wrote it. */
export async function completeReceipt(answer: Answer, location: string): Promise<ObjectReceipt> {
	if (answer.hasCallback) return calledReceipt(answer, location);
	const etag = readEtag(parseXml(answer.response.text));
	return { ...receipt(answer.response, location), etag, isEvident: true };
}

/** HeadObject: who compares size and time with what was sent needs no further sign. */
export function objectInfo(response: TransportResponse, location: string): ObjectInfo {
	const size = response.header('content-length') ?? '';
	if (!/^\d+$/.test(size)) throw new SyntaxError('no valid Content-Length');
	const lastModified = Date.parse(response.header('last-modified') ?? '') || undefined;
	return { ...receipt(response, location), isEvident: true, size: Number(size), lastModified };
}

async function calledReceipt(answer: Answer, location: string): Promise<ObjectReceipt> {
	const { response } = answer;
	const stored = receipt(response, location);
	if (!isFailedCallback(answer)) return { ...stored, callback: readCallback(response) };
	// The document names the failure, and shows who wrote it.
	const callbackFailure = await serviceError(response, readError(response));
	return { ...stored, isEvident: true, callbackFailure };
}

const receipt = (response: TransportResponse, location: string): ObjectReceipt => ({
	...checksums(response),
	location,
	requestId: response.header('x-oss-request-id'),
	isEvident: isEvident(response),
});
