import { memoryCheckpoints } from '../../../src/browser/storage/memory-checkpoints.js';
import { describeCheckpointStore } from './checkpoint-store-contract.js';

describeCheckpointStore('memory', memoryCheckpoints);
