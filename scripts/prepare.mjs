// Installs and builds what is missing or out of date: `npm start` and `npm test` do, a command of its own does not install.
import { prepareOrExit } from './checkout.mjs';

await prepareOrExit({ missing: 'install' });
