import { parentPort, workerData } from 'node:worker_threads';
import { decoded } from './decoded.js';
import { feedEntries } from './feed-entries.js';
import { pageText } from './page-text.js';
import { READY, type Parsed, type ParseTask } from './parse-task.js';

function parse({ kind, document, charset, url }: ParseTask): Parsed[] {
  const text = decoded(document, charset, kind === 'page');
  switch (kind) {
    case 'feed':
      return feedEntries(text, url);
    case 'page':
      return pageText(text);
    case 'text':
      return [{ text, exactly: text }];
  }
}

parentPort?.postMessage(READY);
parentPort?.postMessage(parse(workerData as ParseTask));
