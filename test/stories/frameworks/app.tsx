import { createUploader, type Uploader, type UploadTask } from 'oss-resumable-upload';
import { OssUpload, useTask, useUploader, useUploads } from 'oss-resumable-upload/react';
import { useEffect, useState } from 'react';
import { uploader as keptUploader } from './kept-uploads.js';
import { options, picked, story, upload } from './settings.js';
import { uploader as sharedUploader } from './uploads.js';

export function App() {
	return (
		<>
			<h1>Uploads</h1>
			<Story />
		</>
	);
}

function Story() {
	if (story === 'shared') return <Uploads uploader={sharedUploader} />;
	if (story === 'kept') return <Uploads uploader={keptUploader} />;
	if (story === 'closed') return <ClosedButKept />;
	if (story === 'on mount') return <UploadOnMount />;
	if (story === 'element') return <Films />;
	return <Mounted />;
}

/** All that is shown of an uploader, and of the task that was started here. */
function Uploads({ uploader }: { readonly uploader: Uploader }) {
	const { tasks, pending } = useUploads(uploader);
	const [task, setTask] = useState<UploadTask>();
	const [changes, setChanges] = useState(0);
	useEffect(() => uploader.subscribe(() => setChanges((before) => before + 1)), [uploader]);
	return (
		<>
			<button type="button" onClick={() => setTask(uploader.upload(picked(), upload))}>
				Upload
			</button>
			<output id="uploader">
				{tasks.length} tasks, {pending.filter(({ running }) => running).length} running elsewhere
			</output>
			<output id="changes">{changes > 0 ? 'changed' : 'unchanged'}</output>
			<Shown task={task} />
		</>
	);
}

function Shown({ task }: { readonly task: UploadTask | undefined }) {
	const shown = useTask(task);
	if (!shown) return <output id="task">none</output>;
	const { state, progress, error } = shown;
	return (
		<output id="task">
			{state} {progress.stored} {progress.resumed} {Reflect.get(Object(error), 'code')}
		</output>
	);
}

/** An uploader of its own, which ends with the component. What is asked for a token is told of. */
function Own() {
	const [person, setPerson] = useState('alice');
	const [asked, setAsked] = useState('nobody');
	const uploader = useUploader({
		...options,
		scope: person,
		getCredentials: (request) => {
			setAsked(`${person} after ${asked}`);
			return options.getCredentials(request);
		},
	});
	return (
		<>
			<button type="button" onClick={() => setPerson('bob')}>
				Sign in as Bob
			</button>
			<button type="button" onClick={() => setAsked('a click')}>
				Click
			</button>
			<output id="asked">{asked}</output>
			<Uploads uploader={uploader} />
		</>
	);
}

function Mounted() {
	const [isMounted, setMounted] = useState(true);
	return (
		<>
			<button type="button" onClick={() => setMounted(!isMounted)}>
				{isMounted ? 'Unmount' : 'Mount'}
			</button>
			{isMounted && <Own />}
		</>
	);
}

/** The mistake: it is made once, but its effect ends twice. */
function ClosedButKept() {
	const [uploader] = useState(() => createUploader(options));
	const [failure, setFailure] = useState('');
	useEffect(() => () => void uploader.close(), [uploader]);
	const start = () => {
		try {
			uploader.upload(picked(), upload);
		} catch (error) {
			setFailure(String(error));
		}
	};
	return (
		<>
			<button type="button" onClick={start}>
				Upload
			</button>
			<output id="failure">{failure}</output>
		</>
	);
}

/** The effect of which an upload is, and whose end stops it. */
function UploadOnMount() {
	const [task, setTask] = useState<UploadTask>();
	useEffect(() => {
		const ended = new AbortController();
		const file = new File([new Uint8Array(350 * 1024)], 'made.bin');
		setTask(sharedUploader.upload(file, { ...upload, signal: ended.signal }));
		return () => ended.abort();
	}, []);
	return <Shown task={task} />;
}

/** The element, in a place of its own. */
function Films() {
	const uploader = useUploader(options);
	const [stored, setStored] = useState<readonly string[]>([]);
	const [isFirst, setFirst] = useState(true);
	const { key, ...uploadOptions } = upload;
	return (
		<>
			<button type="button" onClick={() => setFirst(!isFirst)}>
				Move
			</button>
			<OssUpload
				multiple
				className="films"
				uploader={uploader}
				objectKey={() => `k${stored.length || ''}`}
				uploadOptions={uploadOptions}
				onBefore={(event) => event.detail.files.some(({ size }) => size === 0) && event.preventDefault()}
				onDone={({ detail: { file } }) => setStored([...stored, String(file.key)])}
			>
				<b slot="hint">{isFirst ? 'Your films' : 'Yours'}</b>
			</OssUpload>
			<output id="stored">{stored.join()} stored</output>
		</>
	);
}
