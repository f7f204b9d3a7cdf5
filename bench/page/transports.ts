import { fetchTransport, type Transport, xhrTransport } from 'oss-resumable-upload';
import type { TransportName } from './task.js';

export const transports: Readonly<Record<TransportName, () => Transport>> = {
	fetch: fetchTransport,
	xhr: xhrTransport,
};
