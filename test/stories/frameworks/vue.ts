import { createUploader, type UploadTask } from 'oss-resumable-upload';
import {
	createApp,
	defineComponent,
	onScopeDispose,
	type PropType,
	reactive,
	ref,
	type ShallowRef,
	shallowRef,
	watch,
} from 'vue';
import { options, picked, upload } from './settings.js';

interface Watched<Snapshot> {
	snapshot(): Snapshot;
	subscribe(listener: () => void): () => void;
}

/** What there is to show of a task or an uploader, as long as the component lives. */
function useSnapshot<Snapshot>({ snapshot, subscribe }: Watched<Snapshot>): Readonly<ShallowRef<Snapshot>> {
	const shown = shallowRef(snapshot());
	onScopeDispose(
		subscribe(() => {
			shown.value = snapshot();
		}),
	);
	return shown;
}

const Shown = defineComponent({
	props: { task: { type: Object as PropType<UploadTask>, required: true } },
	setup: ({ task }) => ({ shown: useSnapshot(task) }),
	template: `
		<output id="task">{{ shown.state }} {{ shown.progress.stored }}</output>
		<button @click="task.pause()">Pause</button>
		<button @click="task.resume()">Resume</button>
	`,
});

/** The ways in which apps hold what they were given: none of them makes a proxy of it. */
function setup() {
	const state = reactive({ uploader: createUploader(options) });
	const task = ref<UploadTask>();
	const tasks = ref<UploadTask[]>([]);
	const seen = ref<string[]>([]);
	const start = () => {
		task.value = state.uploader.upload(picked(), upload);
		tasks.value.push(task.value);
	};
	// Deep, so that all that can be reached is looked at.
	watch([task, state], () => seen.value.push('changed'), { deep: true });
	return { start, task, tasks, seen, uploads: useSnapshot(state.uploader) };
}

createApp({
	components: { Shown },
	setup,
	template: `
		<button @click="start">Upload</button>
		<output id="uploader">{{ uploads.tasks.length }} tasks</output>
		<output id="held">{{ task === tasks[0] }} {{ task?.file.size }} {{ seen.join() }}</output>
		<Shown v-for="each in tasks" :key="each.id" :task="each" />
	`,
}).mount('#app');
