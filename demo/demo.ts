import {
	createUploader,
	fetchTransport,
	type PendingUpload,
	type Uploader,
	xhrTransport,
} from 'oss-resumable-upload';
import { OssUpload } from 'oss-resumable-upload/element';
import { checkPanel } from './check-panel.js';
import { CodePanel } from './code-panel.js';
import { find, setText } from './dom.js';
import { EventLog } from './event-log.js';
import { Journal } from './journal.js';
import { sampleFile } from './sample.js';
import { fetchCredentials, fetchSignature, objectUrl, type Place } from './server-api.js';
import { type Settings, SettingsPanel } from './settings.js';
import { Throughput } from './throughput.js';
import { WeatherPanel } from './weather-panel.js';
import { say } from './words/say.js';

/** What the demo's tokens are good for. */
const PREFIX = 'demo/';

const TRANSPORTS = { xhr: xhrTransport(), fetch: fetchTransport() };

/** The page after it knows where to upload to. */
export class Demo {
	readonly #place: Place;
	readonly #element = find('oss-upload', OssUpload);
	readonly #log: EventLog;
	readonly #journal: Journal;
	readonly #throughput = new Throughput();
	readonly #code = new CodePanel();
	readonly #settings: SettingsPanel;
	#uploader: Uploader;

	constructor(place: Place) {
		this.#place = place;
		this.#log = new EventLog(() => `${describe(place, this.#settings.value)}\n${navigator.userAgent}`);
		this.#journal = new Journal(this.#log, this.#element);
		this.#settings = new SettingsPanel((name, value) => this.#onSetting(name, value));
		this.#element.objectKey = keyFor;
		this.#element.objectUrl = ({ key }) => objectUrl(key);
		this.#uploader = this.#begin();
		checkPanel(() => this.#uploader, PREFIX);
		find('#sample', HTMLButtonElement).addEventListener('click', () => {
			void this.#element.addFiles([sampleFile()]);
		});
	}

	async watchWeather(bytesPerSecond: number): Promise<void> {
		const weather = new WeatherPanel((sentence) => this.#log.add(say('weather'), sentence));
		if (bytesPerSecond > 0) await weather.slowDown(bytesPerSecond);
		else await weather.refresh();
	}

	#onSetting(name: string, value: string): void {
		this.#log.add(name, value);
		if (name !== 'parallel' && name !== 'sign') {
			this.#show();
			return;
		}
		void this.#uploader.close();
		this.#uploader = this.#begin();
	}

	/** An uploader with the settings as they are. */
	#begin(): Uploader {
		const { bucket, region, endpoint } = this.#place;
		const { parallel, sign } = this.#settings.value;
		const signing =
			sign === 'server' ? { signRequest: fetchSignature } : { getCredentials: fetchCredentials };
		const uploader = createUploader({ bucket, region, endpoint, parallel, ...signing });
		uploader.subscribe(() => {
			if (uploader === this.#uploader) this.#settings.isBusy = uploader.snapshot().tasks.length > 0;
		});
		this.#journal.follow(uploader);
		this.#throughput.follow(uploader);
		this.#element.uploader = uploader;
		this.#show();
		return uploader;
	}

	#show(): void {
		const settings = this.#settings.value;
		const { transport, partSize, verify } = settings;
		this.#element.uploadOptions = { transport: TRANSPORTS[transport], partSize, verify };
		this.#code.show(this.#place, settings);
		setText(find('#place', HTMLElement), describe(this.#place, settings));
	}
}

/**
 * Answering the key of the unfinished upload goes on with it; any other key begins anew, even for the same file. So the
 * random one is only for a file of which nothing is unfinished.
 */
const keyFor = (_: File, unfinished: PendingUpload | undefined, path: string): string =>
	unfinished?.key ?? `${PREFIX}${crypto.randomUUID()}/${path}`;

function describe({ mode, bucket, region, endpoint }: Place, { sign }: Settings): string {
	const { host } = new URL(endpoint ?? location.href);
	const place = mode === 'oss' ? say('atOss', { bucket, region }) : say('atEmulator', { host, bucket });
	return sign === 'server' ? say('signedByServer', { place }) : place;
}
