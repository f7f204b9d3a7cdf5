import { createUploader, type UploadTask } from 'oss-resumable-upload';
import { OssUpload, useTask, useUploader, useUploads } from 'oss-resumable-upload/vue';
import { createApp, defineComponent, type PropType, reactive, ref, watch } from 'vue';
import { options, picked, story, upload } from './settings.js';

// Late, as an app may.
void import('oss-resumable-upload/element');

const Shown = defineComponent({
	props: { task: { type: Object as PropType<UploadTask>, required: true } },
	setup: (props) => ({ shown: useTask(() => props.task) }),
	template: `
		<output id="task">{{ shown.state }} {{ shown.progress.stored }} {{ shown.progress.resumed }}</output>
		<button @click="task.pause()">Pause</button>
		<button @click="task.resume()">Resume</button>
	`,
});

/** The ways in which apps hold what they were given: none of them makes a proxy of it. */
const Held = defineComponent({
	components: { Shown },
	setup() {
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
		return { start, task, tasks, seen, uploads: useUploads(() => state.uploader) };
	},
	template: `
		<button @click="start">Upload</button>
		<output id="uploader">{{ uploads.tasks.length }} tasks</output>
		<output id="held">{{ task === tasks[0] }} {{ task?.file.size }} {{ seen.join() }}</output>
		<Shown v-for="each in tasks" :key="each.id" :task="each" />
	`,
});

/** An uploader of its own, which ends with the component. */
const Own = defineComponent({
	components: { Shown },
	setup() {
		const scope = ref('alice');
		const uploader = useUploader(() => ({ ...options, scope: scope.value }));
		const task = ref<UploadTask>();
		const start = () => {
			task.value = uploader.value.upload(picked(), upload);
		};
		return { scope, task, start, uploads: useUploads(uploader) };
	},
	template: `
		<button @click="start">Upload</button>
		<button @click="scope = 'bob'">Sign in as Bob</button>
		<output id="uploader">{{ uploads.tasks.length }} tasks</output>
		<Shown v-if="task" :task="task" />
	`,
});

const Mounted = defineComponent({
	components: { Own },
	setup: () => ({ isMounted: ref(true) }),
	template: `
		<button @click="isMounted = !isMounted">{{ isMounted ? 'Unmount' : 'Mount' }}</button>
		<Own v-if="isMounted" />
	`,
});

const { key: _, ...uploadOptions } = upload;

/** The element, with all that it takes. */
const Films = defineComponent({
	components: { OssUpload },
	setup() {
		const stored = ref<string[]>([]);
		const objectKey = () => `k${stored.value.length || ''}`;
		const onDone = ({ detail }: HTMLElementEventMap['oss-upload-done']) =>
			stored.value.push(String(detail.file.key));
		// As many apps keep what belongs together, and with it a proxy of each.
		const held = reactive({ uploader: createUploader(options), uploadOptions });
		return { held, stored, objectKey, onDone };
	},
	template: `
		<OssUpload multiple class="films" :uploader="held.uploader" :upload-options="held.uploadOptions"
			:object-key="objectKey" @done="onDone">
			<b slot="hint">Your films</b>
		</OssUpload>
		<output id="stored">{{ stored.join() }} stored</output>
	`,
});

createApp({ own: Mounted, element: Films }[story] ?? Held).mount('#app');
