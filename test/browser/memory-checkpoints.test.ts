import { memoryCheckpoints } from '../../src/browser/memory-checkpoints.js';
import { describeCheckpointStore } from './checkpoint-store-contract.js';

describeCheckpointStore('memory', memoryCheckpoints);
