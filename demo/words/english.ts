/** What the page's code says; what stands in index.html is said there. `{name}` and the like are filled in. */
export const english = {
	atEmulator: 'OSS emulator at {host} · bucket {bucket}',
	atOss: 'Bucket {bucket}, {region}',
	signedByServer: '{place} · signed by the server',
	notStarted: 'This page could not start: {reason} Is the demo server running? Reload the page to try again.',
	copied: 'Copied',
	notCopied: 'The browser did not let it be copied.',

	weather: 'Network',
	slow: 'Slow line',
	slowText: '{rate} for each connection',
	errors: 'Server errors',
	errorsText: 'One request in three is answered 503',
	cuts: 'Broken connections',
	cutsText: 'One request in three breaks off in the middle',
	expired: 'All tokens are void now.',
	serverGone: 'The demo server does not answer.',

	settingsIdle: 'These two begin a new list.',
	settingsBusy: 'These two can be changed when nothing is under way.',

	speed: '{size}/s',
	plotLabel: 'Throughput of the last minute: now {now}, at most {highest}.',
	secondsAgo: '{seconds} s ago',

	checking: 'Looking at the bucket, the token, the clock and the browser …',
	checkedWell: 'Uploads work here.',
	checkedBadly: 'Uploads do not work here.',
	checkFailed: 'The check could not be made: {reason}',
	severityError: 'Error',
	severityWarning: 'Warning',
	severityNote: 'Note',
	severityOk: 'OK',
	whatToDo: 'What to do',
	seen: 'Seen',
} as const;

export type SentenceName = keyof typeof english;
