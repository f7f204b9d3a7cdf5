import { expect, test } from 'vitest';
import { DemoStage, eventually } from './demo-stage.js';
import { type DemoPage, MiB } from './demo-visitor.js';

const stage = new DemoStage().set();

const clipboard = ({ page }: DemoPage) => page.evaluate(() => navigator.clipboard.readText());
const named = (page: DemoPage, button: string) =>
	page.page.getByRole('button', { name: button, exact: true });
const weather = (page: DemoPage, name: string) => page.page.getByRole('switch', { name });
const faulted = (type: string) =>
	stage.emulator.requests.filter((record) => record.faulted?.split(',').includes(type));

test('bad weather made by the page’s own switches is survived', async () => {
	const file = await stage.visitor.writeFile('storm.bin', 24 * MiB);
	const page = await stage.open(`parallel=2&throttle=${4 * MiB}`);
	expect(await weather(page, 'Slow line').isChecked()).toBe(true);
	await page.page.getByText('4.0 MB/s for each connection').waitFor();
	await page.pick(file);
	for (const [name, type] of [
		['Server errors', 'status'],
		['Broken connections', 'cut'],
	] as const) {
		await weather(page, name).click();
		await stage.emulator.whenRequest(() => faulted(type).length >= 2);
	}
	await page.isAccessible();
	await named(page, 'Void all tokens').click();
	await stage.emulator.whenRequest(({ code }) => code === 'SecurityTokenExpired');
	await page.page.locator('#weather-report').getByText('All tokens are void now.').waitFor();
	for (const name of ['Server errors', 'Broken connections', 'Slow line']) await weather(page, name).click();
	await page.sees('storm.bin', 'Done');
	expect(await stage.hashes()).toEqual([file.sha256]);
	await page.press('storm.bin', 'Details');
	await page.sees('storm.bin', /\d requests/);
	expect(await page.log()).toMatch(/part \d+, attempt 2: .*503/);
});

test('a switch shows what is so at the server: after a reload, and where another tab changed it', async () => {
	const page = await stage.open();
	await weather(page, 'Server errors').click();
	await eventually(async () => (await (await fetch(`${stage.demo.url}weather`)).json()).errors).toBe(true);
	await page.reload();
	expect(await weather(page, 'Server errors').isChecked()).toBe(true);
	expect(await weather(page, 'Broken connections').isChecked()).toBe(false);
	const other = await stage.open();
	await weather(other, 'Server errors').click();
	await page.page.evaluate(() => dispatchEvent(new Event('focus')));
	await eventually(() => weather(page, 'Server errors').isChecked()).toBe(false);
});

test('a switch that could not be thrown goes back, and the page says why', async () => {
	const page = await stage.open();
	await page.page.route('**/weather', (route) => route.abort());
	await weather(page, 'Slow line').click();
	await page.page.getByText('The demo server does not answer.').waitFor();
	expect(await weather(page, 'Slow line').isChecked()).toBe(false);
});

test('six files fit one screen, their numbers add up, and each is whole', async () => {
	const names = ['a.bin', 'b.bin', 'c.bin', 'd.bin', 'e.bin', 'f.bin'];
	const files = await Promise.all(
		names.map((name, index) => stage.visitor.writeFile(name, (2 + index) * MiB + 1)),
	);
	const page = await stage.open(`throttle=${MiB}`);
	await page.page.setViewportSize({ width: 1280, height: 800 });
	await page.pick(...files);
	await page.page.getByText('0 of 6 files uploaded').waitFor();
	expect(await page.page.getByText('Nothing is uploaded yet').isVisible()).toBe(false);
	await page.page.getByRole('img', { name: /^Throughput of the last minute: now/ }).waitFor();
	const isWithin = () =>
		page.page.evaluate(() => {
			const { scrollWidth, scrollHeight } = document.documentElement;
			return scrollWidth <= innerWidth && scrollHeight <= innerHeight;
		});
	expect(await isWithin()).toBe(true);
	await page.isAccessible();
	await page.page.setViewportSize({ width: 360, height: 740 });
	expect(await page.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
	await page.isAccessible();
	stage.emulator.clearFaults();
	await page.page.getByText('6 of 6 files uploaded').waitFor();
	expect((await stage.hashes()).sort()).toEqual(files.map(({ sha256 }) => sha256).sort());
});

test('a finished file is opened by its link, through a signed address that ends soon', async () => {
	const page = await stage.open();
	const text = `${'a line of text\n'.repeat(300_000)}`;
	await page.page
		.locator('oss-upload-button input')
		.first()
		.setInputFiles({
			name: 'notes of a trip.txt',
			mimeType: 'text/plain',
			buffer: Buffer.from(text),
		});
	await page.sees('notes of a trip.txt', 'Done');
	const opened = page.page.waitForEvent('popup');
	const link = page.row('notes of a trip.txt').getByRole('link', { name: 'Open' });
	expect((await link.locator('svg').boundingBox())?.width).toBe(18);
	await link.click();
	const tab = await opened;
	await tab.getByText('a line of text').waitFor();
	expect(new URL(tab.url()).searchParams.get('x-oss-expires')).toBe('60');
	const refused = await fetch(`${stage.demo.url}object?key=elsewhere`, { redirect: 'manual' });
	expect(refused.status).toBe(400);
});

test('the settings are those of the next file, stay in the address, and are what the code says', async () => {
	const page = await stage.open('parallel=3');
	const settings = await page.show('Settings');
	await settings.getByLabel('Sent by').selectOption('fetch');
	await settings.getByLabel('Part size').selectOption('4194304');
	await settings.getByLabel('Checked by').selectOption('md5');
	await page.isAccessible();
	await page.pick(await stage.visitor.writeFile('set.bin', 9 * MiB));
	await page.sees('set.bin', 'Done');
	const parts = stage.storedParts().map(({ partNumber }) => partNumber);
	expect(parts.sort()).toEqual([1, 2, 3]);

	const code = await page.show('Code');
	await page.isAccessible();
	await named(page, 'Copy the code').click();
	await eventually(() => clipboard(page)).toContain('createUploader');
	const copied = await clipboard(page);
	expect(copied).toContain(
		"uploadOptions = {\n\ttransport: fetchTransport(),\n\tpartSize: 4 * 1024 * 1024,\n\tverify: 'md5',\n};",
	);
	expect(copied).toContain('\tparallel: 3,\n');
	expect(copied).toContain(`endpoint: '${stage.emulator.url}'`);
	expect(await code.locator('pre').textContent()).toBe(copied);

	await page.reload();
	await page.show('Settings');
	expect(await settings.getByLabel('Sent by').inputValue()).toBe('fetch');
	await settings.getByLabel('Signed by').selectOption('server');
	await page.show('Code');
	await code.getByText('signRequest').waitFor();
	await page.pick(await stage.visitor.writeFile('signed.bin', 5 * MiB));
	await page.sees('signed.bin', 'Done');
});

test('what belongs to the uploader is not changed while files are under way', async () => {
	const page = await stage.open(`throttle=${MiB}&parallel=1`);
	const settings = await page.show('Settings');
	await page.pick(await stage.visitor.writeFile('long.bin', 6 * MiB));
	await eventually(() => settings.getByLabel('Requests at once').isDisabled()).toBe(true);
	await settings.getByText('can be changed when nothing is under way').waitFor();
	stage.emulator.clearFaults();
	await page.sees('long.bin', 'Done');
	await eventually(() => settings.getByLabel('Requests at once').isDisabled()).toBe(false);
	await settings.getByLabel('Requests at once').selectOption('3');
	await page.pick(await stage.visitor.writeFile('next.bin', 6 * MiB));
	await page.sees('next.bin', 'Done');
	expect(stage.emulator.maxInFlight).toBeGreaterThan(1);
});

test('the log can be copied, newest first, and holds no secret', async () => {
	const page = await stage.open();
	const secrets: string[] = [];
	page.page.on('response', async (response) => {
		if (new URL(response.url()).pathname !== '/sts') return;
		const { accessKeySecret, securityToken } = await response.json();
		secrets.push(accessKeySecret, securityToken);
	});
	stage.emulator.addFault({
		operation: 'UploadPart',
		partNumber: 2,
		action: { type: 'status', status: 503, code: 'ServiceUnavailable' },
	});
	await page.pick(await stage.visitor.writeFile('told.bin', 5 * MiB));
	await page.sees('told.bin', 'Done');
	await page.show('Log');
	await page.isAccessible();
	await named(page, 'Copy the log').click();
	await eventually(() => clipboard(page)).toContain('told.bin');
	const copied = await clipboard(page);
	expect(copied).toMatch(/^OSS emulator at .*\nMozilla/);
	expect(copied.indexOf('stored as demo/')).toBeGreaterThan(0);
	expect(copied.indexOf('stored as demo/')).toBeLessThan(copied.indexOf('chosen, 5.0 MB'));
	expect(copied).toMatch(/part 2, attempt 2: /);
	expect(secrets.length).toBeGreaterThan(1);
	for (const secret of [...secrets, 'Signature', 'x-oss-security-token'])
		expect(copied).not.toContain(secret);
});

test('of more events the log keeps the latest three hundred', async () => {
	const page = await stage.open(`partSize=${100 * 1024}`);
	await page.pick(await stage.visitor.writeFile('many-parts.bin', 32 * MiB));
	await page.sees('many-parts.bin', 'Done');
	const log = await page.show('Log');
	await eventually(() => log.getByRole('listitem').count()).toBe(300);
	await log.getByText('stored as demo/').waitFor();
	expect(await page.log()).not.toContain('chosen');
});

test('the check tells what is right, and what mends what is not', async () => {
	const page = await stage.open();
	const check = await page.show('Check');
	await page.isAccessible();
	await named(page, 'Check this set-up').click();
	await check.getByText('Uploads work here.').waitFor({ timeout: 60_000 });
	await check.getByText(/^The CORS rule lets .* send all that an upload sends/).waitFor();
	await page.isAccessible();
	expect(stage.emulator.requests.filter(({ method, status }) => method === 'PUT' && status === 200)).toEqual(
		[],
	);

	stage.emulator.setCors(false);
	await named(page, 'Check this set-up').click();
	await check.getByText('Uploads do not work here.').waitFor({ timeout: 60_000 });
	await check.getByText('What to do').first().waitFor();
	await page.isAccessible();
	// The browser itself says what it kept from the page.
	for (const complaint of stage.visitor.complaints.splice(0)) expect(complaint).toContain('CORS policy');
});

test('by keyboard alone a file is chosen, paused, resumed, and the network made worse', async () => {
	const file = await stage.visitor.writeFile('keys.bin', 12 * MiB);
	// A minute and a half, unless the line is made faster: however slow the machine is, there is something to pause.
	const page = await stage.open(`throttle=${MiB / 8}&partSize=${MiB}&parallel=1`);
	const { keyboard } = page.page;
	/** Tab until what has the focus is called so. */
	const goTo = async (name: string) => {
		for (let presses = 0; presses < 60; presses++) {
			await keyboard.press('Tab');
			const focused = await page.page.evaluate(() => {
				let active = document.activeElement;
				while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
				const labels = active instanceof HTMLInputElement ? active.labels : undefined;
				return active?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? active?.textContent ?? '';
			});
			if (focused.trim() === name) return;
		}
		throw new Error(`By keyboard nobody comes to ${name}`);
	};
	// First: until the browser is told that somebody waits for it, it opens a window of its own.
	const chooser = page.page.waitForEvent('filechooser');
	await goTo('Choose files');
	await keyboard.press('Enter');
	await (await chooser).setFiles(file.path);
	await page.sees('keys.bin', 'Uploading');
	await goTo('Pause');
	await keyboard.press('Space');
	await page.sees('keys.bin', 'Paused');
	await keyboard.press('Space');
	await page.sees('keys.bin', 'Uploading');
	await goTo('Network');
	await goTo('Slow line');
	await keyboard.press('Space');
	await eventually(() => weather(page, 'Slow line').isChecked()).toBe(false);
	await page.page.getByRole('tab', { name: 'Network' }).focus();
	await keyboard.press('ArrowRight');
	await page.page.getByLabel('Part size').waitFor();
	await keyboard.press('End');
	await named(page, 'Check this set-up').waitFor();
	await page.sees('keys.bin', 'Done');
});

test('in Chinese the page and the element say all in Chinese, and from right to left nothing overflows', async () => {
	const page = await stage.open('lang=zh-Hans');
	await page.page.getByRole('button', { name: '选择文件', exact: true }).waitFor();
	await page.page.getByRole('tab', { name: '网络' }).waitFor();
	await page.isAccessible();
	const rtl = await stage.open('dir=rtl');
	await rtl.isAccessible();
	for (const width of [1280, 360]) {
		await rtl.page.setViewportSize({ width, height: 740 });
		expect(await rtl.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
	}
});

test('of a real bucket the page says which, and offers no weather', async () => {
	const page = await stage.open();
	const place = { mode: 'oss', bucket: 'films', region: 'cn-shanghai' };
	await page.page.route('**/config', (route) => route.fulfill({ json: place }));
	await page.reload();
	await page.page.getByText('Bucket films, cn-shanghai').waitFor();
	expect(await page.page.getByRole('tab', { name: 'Network' }).count()).toBe(0);
	await page.page.getByLabel('Part size').waitFor();
	await page.isAccessible();
});

test('without its server the page says so', async () => {
	const page = await stage.open();
	await page.page.route('**/config', (route) => route.abort());
	await page.page.reload();
	await page.page.getByRole('alert').getByText('Is the demo server running?').waitFor();
	await page.isAccessible();
});
