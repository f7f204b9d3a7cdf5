import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromSink, Profile, Seen, ToSink } from './profile.js';

export interface Sink {
	readonly url: string;
	/** From now on it answers so. */
	use(profile: Profile): Promise<void>;
	forget(): Promise<void>;
	pretend(partCount: number, partSize: number, without: readonly number[]): Promise<void>;
	seen(): Promise<Seen>;
	close(): Promise<void>;
}

/** The sink, in a process of its own: as far from the bench as OSS is. */
export async function startSink(): Promise<Sink> {
	const child = fork(fileURLToPath(new URL('./sink.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
	const answer = async (): Promise<FromSink> => {
		const [message] = await once(child, 'message');
		return message;
	};
	const ask = async (message: ToSink): Promise<FromSink> => {
		const answered = answer();
		child.send(message);
		return answered;
	};
	const first = await answer();
	if (first.type !== 'listening') throw new Error('The sink did not start');
	return {
		url: first.url,
		use: async (profile) => void (await ask({ type: 'profile', profile })),
		forget: async () => void (await ask({ type: 'forget' })),
		pretend: async (partCount, partSize, without) =>
			void (await ask({ type: 'pretend', partCount, partSize, without })),
		async seen() {
			const message = await ask({ type: 'ask' });
			if (message.type !== 'seen') throw new Error(`The sink answered ${message.type}`);
			return message.seen;
		},
		async close() {
			const exited = once(child, 'exit');
			child.disconnect();
			await exited;
		},
	};
}
