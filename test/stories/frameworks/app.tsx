import { createUploader, type Uploader, type UploadTask } from 'oss-resumable-upload';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { uploader as keptUploader } from './kept-uploads.js';
import { options, picked, story, upload } from './settings.js';
import { uploader as sharedUploader } from './uploads.js';

export function App() {
	if (story === 'shared') return <Uploads uploader={sharedUploader} />;
	if (story === 'kept') return <Uploads uploader={keptUploader} />;
	if (story === 'closed') return <ClosedButKept />;
	if (story === 'on mount') return <UploadOnMount />;
	return <Mounted />;
}

/** All that is shown of an uploader, and of the task that was started here. */
function Uploads({ uploader }: { readonly uploader: Uploader }) {
	const { tasks, pending } = useSyncExternalStore(uploader.subscribe, uploader.snapshot);
	const [task, setTask] = useState<UploadTask>();
	const [changes, setChanges] = useState(0);
	useEffect(() => uploader.subscribe(() => setChanges((before) => before + 1)), [uploader]);
	return (
		<>
			<h1>Uploads</h1>
			<button type="button" onClick={() => setTask(uploader.upload(picked(), upload))}>
				Upload
			</button>
			<output id="uploader">
				{tasks.length} tasks, {pending.filter(({ running }) => running).length} running elsewhere
			</output>
			<output id="changes">{changes > 0 ? 'changed' : 'unchanged'}</output>
			{task && <Shown task={task} />}
		</>
	);
}

function Shown({ task }: { readonly task: UploadTask }) {
	const { state, progress, error } = useSyncExternalStore(task.subscribe, task.snapshot);
	return (
		<output id="task">
			{state} {progress.stored} {progress.resumed} {Reflect.get(Object(error), 'code')}
		</output>
	);
}

/** An uploader of its own, which ends with the component. */
function Own() {
	const [uploader, setUploader] = useState<Uploader>();
	useEffect(() => {
		const own = createUploader(options);
		setUploader(own);
		return () => void own.close();
	}, []);
	return uploader && <Uploads uploader={uploader} />;
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
	return task && <Shown task={task} />;
}
